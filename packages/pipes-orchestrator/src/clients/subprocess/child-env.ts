export type EnvVars = Readonly<Record<string, string | undefined>>;

/** `true`: all of this process's environment; `false`: none of it; or the names that are handed on. */
export type InheritEnv = boolean | readonly string[];

/**
 * The environment of a child. Each layer wins over the one before it, and an undefined value takes a variable away. PATH
 * is always inherited: without it neither the program nor what it calls is found; a layer can replace it.
 *
 * @param layers from the client's to the bootstrap, which nothing may overrule
 */
export function childEnv(parent: EnvVars, inherit: InheritEnv, layers: readonly EnvVars[]): Record<string, string> {
  const names = inherit === true ? Object.keys(parent) : ['PATH', ...(inherit === false ? [] : inherit)];
  const inherited = Object.fromEntries(names.map((name) => [name, parent[name]]));
  const entries = [inherited, ...layers].flatMap((layer) => Object.entries(layer));
  const merged = Object.fromEntries(entries);
  return Object.fromEntries(Object.entries(merged).filter(isSet));
}

function isSet(entry: [string, string | undefined]): entry is [string, string] {
  return entry[1] !== undefined;
}
