/** Error codes of the protocol codecs. */
export type ProtocolErrorCode =
  /** A bootstrap value is missing, or one of its layers (base64, zlib, JSON) is broken. */
  | 'PIPES_PARAMS_INVALID'
  /** The context payload does not have the shape of the protocol. */
  | 'PIPES_CONTEXT_INVALID'
  /** An asset key cannot be written as text. */
  | 'PIPES_ASSET_KEY_INVALID';
