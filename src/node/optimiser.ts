// How V8 treats a long run.

const fewFiles = 20

/**
 * Lets V8 optimise a function only when it is really hot. A lint calls thousands of functions some hundred times each: with V8's own
 * patience it spends a quarter of the time on code it throws away again. For few files setting the flag costs more than it saves.
 */
export function settleOptimiser(files: number): void {
  if (files > fewFiles) process.getBuiltinModule('node:v8').setFlagsFromString('--interrupt-budget=1000000')
}
