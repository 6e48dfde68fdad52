import { describe, expect, test } from 'vitest'
import { buildCosts, installCosts, otherBuild, otherInstall } from '../../src/data/typical-costs.ts'
import { packageManagers } from '../../src/data/package-managers.ts'
import { costOf, costOfAll } from '../../src/facts/step-costs.ts'
import { parseBuild } from '../../src/index.ts'

const stepsOf = (...runs: readonly string[]) => parseBuild(['FROM debian:12', ...runs].join('\n')).stages[0]!.steps
const seconds = (run: string): number => costOf(stepsOf(run)[0]!).seconds

describe('the cost of a step', () => {
  test('is what its installs typically take, each manager once', () => {
    expect(seconds('RUN apt-get update && apt-get install -y a && apt-get install -y b')).toBe(installCosts['apt']!.seconds)
    expect(seconds('RUN apt-get install -y a && pip install -r b.txt')).toBe(installCosts['apt']!.seconds + installCosts['pip']!.seconds)
    expect(seconds('RUN opam install .')).toBe(otherInstall.seconds)
  })
  test('is that of a compilation where it compiles', () => {
    expect(seconds('RUN go build ./...')).toBe(buildCosts['go']!.seconds)
    expect(seconds('WORKDIR /src\nRUN make')).toBe(0)
    expect(costOf(stepsOf('WORKDIR /src', 'RUN make').at(-1)!).seconds).toBe(otherBuild.seconds)
  })
  test.each(['RUN ./unknown.sh', 'RUN echo hello', 'COPY . .', 'WORKDIR /x', 'RUN if [', 'RUN npm install -g a'])('is nothing where no table knows: %s', run => expect(seconds(run)).toBe(0))
  test('adds up', () => expect(costOfAll(stepsOf('RUN apk add a', 'RUN poetry install', 'RUN ls')).seconds).toBe(installCosts['apk']!.seconds + otherInstall.seconds))
})

test('costs are of managers that the table knows', () => {
  const names = packageManagers.map(({ name }) => name)
  expect([...Object.keys(installCosts), ...Object.keys(buildCosts)].filter(name => !names.includes(name))).toEqual([])
})
