/** Version of the Pipes wire protocol that every message carries. No known reader compares its value. */
export const PIPES_PROTOCOL_VERSION = '0.1';

/** The key that marks a JSON object as a Pipes message, also amid other output. */
export const PIPES_PROTOCOL_VERSION_FIELD = '__dagster_pipes_version';
