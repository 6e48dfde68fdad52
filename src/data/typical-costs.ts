// What one execution of a step typically costs, by what its commands do: orders of magnitude, for ranking and for "about".

/** `seconds` of wall time with a fast network and two cores; `bytes` that stay in the layer. */
export interface TypicalCost { readonly seconds: number; readonly bytes: number }

const MB = 1_000_000

/** Installs, by ecosystem of the package manager. */
export const installCosts: Readonly<Record<string, TypicalCost>> = {
  os: { seconds: 15, bytes: 60 * MB },
  javascript: { seconds: 25, bytes: 150 * MB },
  python: { seconds: 20, bytes: 100 * MB },
  go: { seconds: 15, bytes: 150 * MB },
  rust: { seconds: 30, bytes: 100 * MB },
  native: { seconds: 60, bytes: 100 * MB },
  jvm: { seconds: 40, bytes: 150 * MB },
  ruby: { seconds: 40, bytes: 100 * MB },
  php: { seconds: 15, bytes: 50 * MB },
  dotnet: { seconds: 20, bytes: 100 * MB },
  other: { seconds: 20, bytes: 50 * MB },
}
/** Compilations of a project, by ecosystem. */
export const buildCosts: Readonly<Record<string, TypicalCost>> = {
  go: { seconds: 40, bytes: 30 * MB },
  rust: { seconds: 120, bytes: 50 * MB },
  jvm: { seconds: 60, bytes: 50 * MB },
}
export const otherBuild: TypicalCost = { seconds: 30, bytes: 20 * MB }
/** A download or clone by a command. */
export const downloadCost: TypicalCost = { seconds: 5, bytes: 20 * MB }
