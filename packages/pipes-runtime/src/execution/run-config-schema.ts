import { z } from 'zod';

/** The config of a run, before the parts are judged by the schemas of those they are for. */
export const runConfigSchema = z.strictObject({
  assets: z.record(z.string(), z.unknown()).optional(),
  resources: z.record(z.string(), z.unknown()).optional(),
});
