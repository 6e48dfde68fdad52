// How V8 treats a run, by its length. Code is faster or slower by it, never other.

const fewFiles = 20

/**
 * Many files: lets V8 optimise a function only when it is really hot. A lint calls thousands of functions some hundred times each: with
 * V8's own patience it spends a quarter of the time on code it throws away again. And lets its heaps, one for each thread, grow slowly.
 * Few files: most expressions are tried a few times only, and then half of the time for them goes into polishing their bytecode.
 */
export function settleOptimiser(files: number): void {
  const flags = files > fewFiles ? ['--interrupt-budget=1000000', '--heap-growing-percent=60'] : ['--no-regexp-peephole-optimization', '--regexp-tier-up-ticks=100']
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  for (const flag of flags) setFlagsFromString(flag)
}
