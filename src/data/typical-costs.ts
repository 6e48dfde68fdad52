// What one execution typically takes. `seconds` is the median of the steps that ran (not cached, not failed) in BuildKit logs which public
// repositories quote in their documentation and issues, read in November 2026; `logs` says how many there were. Few and of small projects:
// good for ranking findings and for "about", no more.

export interface TypicalCost { readonly seconds: number; readonly logs: number }

/** Installs and downloads of dependencies, by name in the table of package managers. */
export const installCosts: Readonly<Record<string, TypicalCost>> = {
  apt: { seconds: 27, logs: 6 }, // 11, 22, 22, 31, 40, 133
  apk: { seconds: 9, logs: 4 }, // 3, 8, 10, 43
  npm: { seconds: 23, logs: 17 }, // 1, 2, 4, 9, 11, 12, 14, 18, 23, 24, 24, 38, 39, 40, 85, 86, 87
  yarn: { seconds: 29, logs: 5 }, // 6, 25, 29, 123, 152
  pip: { seconds: 7, logs: 8 }, // 3, 4, 5, 6, 8, 16, 56, 96
  go: { seconds: 9, logs: 4 }, // 0, 5, 13, 14
  bundler: { seconds: 41, logs: 7 }, // 12, 15, 36, 41, 84, 145, 218
  dotnet: { seconds: 11, logs: 4 }, // 4, 4, 18, 71
  maven: { seconds: 204, logs: 3 }, // 89, 204, 264
  composer: { seconds: 9, logs: 1 },
  cargo: { seconds: 121, logs: 1 }, // cargo chef cook, which compiles
}
/** For managers without logs: the median over all of the above. */
export const otherInstall: TypicalCost = { seconds: 22, logs: 60 }

/** Compilations, by the same names. */
export const buildCosts: Readonly<Record<string, TypicalCost>> = {
  cargo: { seconds: 121, logs: 1 }, // dependencies included
  go: { seconds: 24, logs: 3 }, // 7, 24, 43
  maven: { seconds: 20, logs: 5 }, // 4, 17, 20, 35, 53; with downloads
  dotnet: { seconds: 7, logs: 9 }, // 2, 3, 5, 6, 7, 9, 12, 19, 22
}
/** `npm run build` and everything without logs. */
export const otherBuild: TypicalCost = { seconds: 9, logs: 8 } // 3, 4, 5, 5, 13, 48, 58, 316
