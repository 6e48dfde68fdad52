import rule from '../../rules/cache-mount-sharing.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const LISTS = '--mount=type=cache,target=/var/lib/apt'
const install = (name: string): string => `apt-get update && apt-get install -y ${name}`
/** Two stages, of which the second takes something of the first at its end. */
const twoStages = (one: string, other: string, base = 'debian:12'): string => `FROM ${base} AS build\nRUN ${one}\nFROM ${base}\nRUN ${other}\nCOPY --from=build /app /app\n`

ruleTester(rule, {
  valid: [
    { name: 'a single stage', code: `FROM debian:12\nRUN ${LISTS} ${install('gcc')}\nRUN ${LISTS} ${install('curl')}\n` },
    { name: 'one user only', code: twoStages(`${LISTS} ${install('gcc')}`, install('curl')) },
    { name: 'locked', code: twoStages(`${LISTS},sharing=locked ${install('gcc')}`, `${LISTS},sharing=locked ${install('curl')}`) },
    { name: 'private', code: twoStages(`${LISTS},sharing=private ${install('gcc')}`, `${LISTS},sharing=private ${install('curl')}`) },
    { name: 'ids of their own', code: twoStages(`${LISTS},id=a ${install('gcc')}`, `${LISTS},id=b ${install('curl')}`) },
    { name: 'an id that hangs on a variable', code: `ARG A\n${twoStages(`${LISTS},id=a-$TARGETARCH ${install('gcc')}`, `${LISTS},id=b-$TARGETARCH ${install('curl')}`)}` },
    { name: 'one stage is built FROM the other', code: `FROM debian:12 AS base\nRUN ${LISTS} ${install('gcc')}\nFROM base\nRUN ${LISTS} ${install('curl')}\n` },
    { name: 'one step waits for the other stage', code: `FROM debian:12 AS build\nRUN ${LISTS} ${install('gcc')}\nFROM debian:12\nCOPY --from=build /app /app\nRUN ${LISTS} ${install('curl')}\n` },
    { name: 'one step waits for the other stage by way of a mount', code: `FROM debian:12 AS build\nRUN ${LISTS} ${install('gcc')}\nFROM debian:12\nRUN --mount=from=build,target=/build ${LISTS} ${install('curl')}\n` },
    { name: 'equal steps on equal bases are one', code: twoStages(`${LISTS} ${install('curl')}`, `${LISTS} ${install('curl')}`) },
    { name: 'a tool that locks its cache itself', code: twoStages('--mount=type=cache,target=/root/.npm npm ci', '--mount=type=cache,target=/root/.npm npm ci --omit=dev', 'node:22') },
    { name: 'later yarns put whole archives into their cache', code: twoStages('--mount=type=cache,target=/root/.yarn/berry/cache yarn install --immutable', '--mount=type=cache,target=/root/.yarn/berry/cache yarn workspaces focus --production', 'node:22') },
    { name: 'a folder that either yarn may use', code: twoStages('--mount=type=cache,target=/c YARN_CACHE_FOLDER=/c yarn install', '--mount=type=cache,target=/c YARN_CACHE_FOLDER=/c yarn install --production', 'node:22') },
    { name: 'yarn 1 has a folder each', code: twoStages('--mount=type=cache,target=/usr/local/share/.cache/yarn,sharing=private yarn install', '--mount=type=cache,target=/usr/local/share/.cache/yarn,sharing=private yarn install --production', 'node:22') },
    { name: 'apk writes each file at one go', code: twoStages('--mount=type=cache,target=/etc/apk/cache apk add gcc', '--mount=type=cache,target=/etc/apk/cache apk add curl', 'alpine:3.22') },
    { name: 'different owners are different folders', code: twoStages(`${LISTS},uid=0 ${install('gcc')}`, `${LISTS} ${install('curl')}`) },
    { name: 'a stage that is not built', code: `FROM debian:12 AS old\nRUN ${LISTS} ${install('gcc')}\nFROM debian:12\nRUN ${LISTS} ${install('curl')}\n` },
    { name: 'several platforms, but the step runs on the builder\'s', code: `FROM --platform=$BUILDPLATFORM debian:12 AS build\nRUN ${LISTS} ${install('gcc')}\nFROM scratch\nCOPY --from=build /app /app\n` },
    { name: 'a private cache nobody could share', code: 'FROM node:22\nRUN --mount=type=cache,target=/root/.npm,sharing=private npm ci\n' },
    { name: 'precision 15: Windows', code: twoStages(`${LISTS} ${install('gcc')}`, `${LISTS} ${install('curl')}`, 'mcr.microsoft.com/windows/nanoserver:ltsc2022') },
  ],
  invalid: [
    {
      name: 'apt in two stages that do not wait for one another',
      code: twoStages(`${LISTS} ${install('gcc')}`, `${LISTS} ${install('curl')}`),
      findings: [{ at: LISTS, line: 2, message: 'The step that mounts "/var/lib/apt" for apt may run at the same time as line 4, which shares its folder, and it fails while another one holds its lock: add "sharing=locked" to both mounts.', related: [{ at: LISTS }] }],
      fixed: 'FROM debian:12 AS build\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y gcc\nFROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl\nCOPY --from=build /app /app\n',
    },
    {
      name: 'yarn 1',
      code: twoStages('--mount=type=cache,target=/usr/local/share/.cache/yarn yarn install', '--mount=type=cache,target=/usr/local/share/.cache/yarn yarn install --production', 'node:22'),
      findings: [{ at: /mount/, message: /for yarn 1 may run at the same time as line 4, .* one may read a package that the other has half written: add/ }],
      fixed: twoStages('--mount=type=cache,target=/usr/local/share/.cache/yarn,sharing=locked yarn install', '--mount=type=cache,target=/usr/local/share/.cache/yarn,sharing=locked yarn install --production', 'node:22'),
    },
    {
      name: 'two folders that two steps share: one finding',
      code: twoStages(`--mount=type=cache,target=/var/cache/apt ${LISTS} ${install('gcc')}`, `--mount=type=cache,target=/var/cache/apt ${LISTS} ${install('curl')}`),
      findings: [{ at: /cache\/apt/, message: /mounts "\/var\/cache\/apt" and "\/var\/lib\/apt" for apt .* which shares these folders, .* to these mounts of both steps\.$/, related: [{ at: /cache\/apt/ }, { at: LISTS }] }],
      fixed: 'FROM debian:12 AS build\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y gcc\nFROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl\nCOPY --from=build /app /app\n',
    },
    { name: 'the default spelled out', code: twoStages(`${LISTS},sharing=shared ${install('gcc')}`, `${LISTS},sharing=shared ${install('curl')}`), findings: [{ at: /shared/, message: /add "sharing=locked"/ }], fixed: 'FROM debian:12 AS build\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y gcc\nFROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl\nCOPY --from=build /app /app\n' },
    { name: 'an explicit id', code: twoStages(`--mount=type=cache,id=m,target=/root/.m2/repository mvn -f a package`, `--mount=type=cache,id=m,target=/root/.m2/repository mvn -f b package`, 'maven:3-eclipse-temurin-21'), findings: [{ at: /m2/, message: /for Maven .* one may read a file that the other has half written/ }], fixed: 'FROM maven:3-eclipse-temurin-21 AS build\nRUN --mount=type=cache,id=m,target=/root/.m2/repository,sharing=locked mvn -f a package\nFROM maven:3-eclipse-temurin-21\nRUN --mount=type=cache,id=m,target=/root/.m2/repository,sharing=locked mvn -f b package\nCOPY --from=build /app /app\n' },
    {
      name: 'the copy comes after the step',
      code: dockerfile`
        FROM gradle:8-jdk21 AS a
        RUN --mount=type=cache,target=/home/gradle/.gradle/caches gradle bootJar
        FROM gradle:8-jdk21 AS b
        RUN --mount=type=cache,target=/home/gradle/.gradle/caches gradle installDist
        FROM scratch
        COPY --from=a /a /a
        COPY --from=b /b /b`,
      findings: [{ at: /gradle/, line: 2, message: /for Gradle/ }],
      fixed: 'FROM gradle:8-jdk21 AS a\nRUN --mount=type=cache,target=/home/gradle/.gradle/caches,sharing=locked gradle bootJar\nFROM gradle:8-jdk21 AS b\nRUN --mount=type=cache,target=/home/gradle/.gradle/caches,sharing=locked gradle installDist\nFROM scratch\nCOPY --from=a /a /a\nCOPY --from=b /b /b\n',
    },
    { name: 'the same step for several platforms', code: `FROM --platform=$BUILDPLATFORM golang:1.25 AS build\nRUN go build -o /app .\nFROM debian:12\nRUN ${LISTS} ${install('curl')}\nCOPY --from=build /app /app\n`, findings: [{ at: LISTS, message: /runs for several platforms at the same time, which share its folder.*to the mount\.$/ }], fixed: 'FROM --platform=$BUILDPLATFORM golang:1.25 AS build\nRUN go build -o /app .\nFROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl\nCOPY --from=build /app /app\n' },
    { name: 'private where two could share', code: twoStages('--mount=type=cache,target=/root/.npm,sharing=private npm ci', '--mount=type=cache,target=/root/.npm,sharing=private npm ci --omit=dev', 'node:22'), findings: [{ at: /npm/, line: 2, message: /^"sharing=private" gives .* line 4 a folder each/ }], fixed: 'FROM node:22 AS build\nRUN --mount=type=cache,target=/root/.npm npm ci\nFROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci --omit=dev\nCOPY --from=build /app /app\n' },
    { name: 'three stages: all of them', code: `FROM debian:12 AS a\nRUN ${LISTS} ${install('gcc')}\nFROM debian:12 AS b\nRUN ${LISTS} \\\n    ${install('make')}\nFROM debian:12\nRUN ${LISTS} ${install('curl')}\nCOPY --from=a /app /a\nCOPY --from=b /app /b\n`, findings: [{ at: LISTS, line: 2, message: /line 4/ }], fixed: 'FROM debian:12 AS a\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y gcc\nFROM debian:12 AS b\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked \\\n    apt-get update && apt-get install -y make\nFROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl\nCOPY --from=a /app /a\nCOPY --from=b /app /b\n' },
    { name: 'no fix: a mount in quotes', code: twoStages(`--mount=type=cache,"target=/var/lib/apt" ${install('gcc')}`, `${LISTS} ${install('curl')}`), findings: [{ at: /lib/, line: 2, message: /add "sharing=locked"/ }], fixed: null },
  ],
})
