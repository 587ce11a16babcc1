// The same line that pipes.log.info sends, built and stringified in the loop.
export const rawLine = (index: number): string =>
  `${JSON.stringify({
    __dagster_pipes_version: '0.1',
    method: 'log',
    params: { message: messageOf(index), level: 'INFO' },
    writer: 'ab12cd34',
    seq: index,
  })}\n`;

export const messageOf = (index: number): string => `processed batch ${index} of the nightly import without trouble`;
