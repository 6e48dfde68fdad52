import rule from '../../rules/duplicate-work-across-stages.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const install = 'RUN apt-get update && apt-get install -y libpq5'
const two = (below: string, other = '', first = 'debian:bookworm', second = 'debian:bookworm'): string => dockerfile`
  FROM ${first} AS build
  ${below}
  ${install}
  RUN make
  FROM ${second}
  ${other}
  ${install}
  COPY --from=build /out /app`.trimStart()

/** The same with the install in a stage of its own. */
const shared = (below: string, other: string, name = 'base'): string => `FROM debian:bookworm AS ${name}\n${install}\n\n${two(below, other, name, name).replaceAll(`${install}\n`, '')}`

ruleTester(rule, {
  valid: [
    { name: 'identical first steps are one step (precision 9)', code: two('', '') },
    { name: 'identical first steps, copies among them', code: two('COPY a.txt /a.txt', 'COPY a.txt /a.txt') },
    { name: 'another base', code: two('COPY . /src', '', 'debian:bookworm', 'debian:trixie') },
    { name: 'another platform', code: two('COPY . /src', '', '--platform=$BUILDPLATFORM debian:bookworm') },
    { name: 'one stands on the other', code: two('COPY . /src', '', 'debian:bookworm', 'build') },
    { name: 'a variable that the command reads', code: two('ENV V=1\nCOPY . /src', 'ENV V=2').replaceAll('libpq5', 'libpq5=$V') },
    { name: 'settings of the package manager in a variable', code: two('ENV DEBIAN_FRONTEND=noninteractive', '') },
    { name: 'a repository is added below', code: two('RUN echo deb http://example.org a b > /etc/apt/sources.list.d/a.list', '') },
    { name: 'settings are copied below', code: two('COPY apt.conf /etc/apt/apt.conf.d/', '') },
    { name: 'a script runs below', code: two('COPY . /src\nRUN /src/setup.sh', '') },
    { name: 'another user', code: two('USER app', '') },
    { name: 'another shell', code: two('SHELL ["/bin/bash", "-c"]', '') },
    { name: 'other mounts', code: two('', '').replace(install, install.replace('RUN', 'RUN --mount=type=cache,target=/var/cache/apt')) },
    { name: 'cheap commands', code: two('COPY . /src', '').replaceAll(install, 'RUN mkdir -p /data') },
    { name: 'other packages', code: two('COPY . /src', '').replace('libpq5', 'libpq-dev') },
    { name: 'more than an install', code: two('COPY . /src', '').replaceAll('libpq5', 'libpq5 && ldconfig && make -C /src') },
    { name: 'manifests that differ', code: two('WORKDIR /app\nCOPY a/*.csproj .', 'WORKDIR /app\nCOPY b/*.csproj .').replaceAll(install, 'RUN dotnet restore') },
    { name: 'sources where the manifests are', code: two('WORKDIR /app\nCOPY . .', 'WORKDIR /app\nCOPY package.json package-lock.json ./').replaceAll(install, 'RUN npm ci') },
    { name: 'manifests in another folder', code: two('WORKDIR /a\nCOPY package.json ./', 'WORKDIR /b\nCOPY package.json ./').replaceAll(install, 'RUN npm ci') },
    { name: 'another mode of node', code: two('WORKDIR /a\nCOPY package.json ./', 'ENV NODE_ENV=production\nWORKDIR /a\nCOPY package.json ./').replaceAll(install, 'RUN npm ci') },
    { name: 'a stage that is not needed', code: two('COPY . /src', '').replace('COPY --from=build /out /app', '') },
    { name: 'Windows', code: two('COPY . /src', '', 'mcr.microsoft.com/windows/servercore:ltsc2022', 'mcr.microsoft.com/windows/servercore:ltsc2022').replaceAll(install, 'RUN choco install -y git') },
    { name: 'a script that no reader is sure of', code: two('COPY . /src', '').replaceAll(install, `${install}; if true; then x`) },
    { name: 'ONBUILD', code: dockerfile`FROM debian AS base
                                       ONBUILD RUN apt-get update && apt-get install -y libpq5
                                       FROM base AS one
                                       FROM debian
                                       COPY . /src
                                       RUN apt-get update && apt-get install -y libpq5
                                       COPY --from=one / /one` },
  ],
  invalid: [
    {
      code: two('COPY . /src', ''),
      findings: [{
        at: install, line: 7, message: '"RUN apt-get update && apt-get install -y libpq5" does again what line 3 did in stage "build", because the steps below the two differ: move it to a stage of its own that both are built FROM, and it runs once.',
        related: [{ at: install, message: 'the same install on the same base image' }],
      }],
      fixed: shared('COPY . /src', ''),
    },
    { name: 'everything copied to where the install runs', code: two('WORKDIR /src\nCOPY . .', ''), findings: [{ at: install, line: 8, message: /line 4/ }], fixed: shared('WORKDIR /src\nCOPY . .', '') },
    { name: 'other users and homes, for packages of the system', code: two('RUN mkdir -p /home/app && adduser app', 'ENV HOME=/home/app PYTHONUNBUFFERED=1'), findings: [{ at: install, line: 7, message: /line 3/ }], fixed: shared('RUN mkdir -p /home/app && adduser app', 'ENV HOME=/home/app PYTHONUNBUFFERED=1') },
    { name: 'a folder and a variable', code: two('WORKDIR /src', 'ENV APP=1'), findings: [{ at: install, line: 7, message: /line 3/ }], fixed: shared('WORKDIR /src', 'ENV APP=1') },
    { name: 'other packages below', code: two('RUN apt-get update && apt-get install -y gcc', ''), findings: [{ at: install, message: /line 3/ }], fixed: shared('RUN apt-get update && apt-get install -y gcc', '') },
    { name: 'the same manifests in the same folder', code: two('WORKDIR /app\nCOPY package.json package-lock.json ./', 'ENV APP=1\nWORKDIR /app\nCOPY package.json package-lock.json ./').replaceAll(install, 'RUN npm ci'), findings: [{ at: 'RUN npm ci', message: /in stage "build"/ }], fixed: null },
    { name: 'the same repository is added in both', code: two('COPY . /src\nRUN echo deb http://example.org a b > /etc/apt/sources.list.d/a.list', 'RUN echo deb http://example.org a b > /etc/apt/sources.list.d/a.list'), findings: [{ at: install, message: /line 4/ }], fixed: null },
    { name: 'fix: another name, comments', code: two('# sources\nCOPY . /src\n# libraries', '# the same').replace('AS build', 'AS base').replace('=build', '=base'), findings: [{ at: install, message: /line 5/ }], fixed: shared('# sources\nCOPY . /src', '', 'common').replace('FROM common\n\n', 'FROM common\n').replace(install, `# libraries\n${install}`).replace('AS build', 'AS base').replace('=build', '=base') },
    { name: 'fix: lower case and line ends', code: two('COPY . /src', '').replaceAll('FROM', 'from').replace('AS', 'as').replaceAll('\n', '\r\n'), findings: [{ at: install, message: /line 3/ }], fixed: shared('COPY . /src', '').replaceAll('FROM', 'from').replaceAll('AS', 'as').replaceAll('\n', '\r\n') },
    { name: 'fix: a stage of nothing else is there', code: `FROM debian:bookworm AS packages\n${install}\nFROM debian:bookworm AS build\nCOPY . /src\n${install}\nRUN make\nFROM packages\nCOPY --from=build /out /app\n`, findings: [{ at: install, line: 5, message: /line 2/ }], fixed: `FROM debian:bookworm AS packages\n${install}\nFROM packages AS build\nCOPY . /src\nRUN make\nFROM packages\nCOPY --from=build /out /app\n` },
    { name: 'no fix: a platform', code: two('COPY . /src', '', '--platform=linux/amd64 debian:bookworm', '--platform=linux/amd64 debian:bookworm'), findings: [{ at: install, message: /line 3/ }], fixed: null },
    { name: 'no fix: stages by number', code: two('COPY . /src', '').replace('=build', '=0'), findings: [{ at: install, message: /line 3/ }], fixed: null },
    { name: 'no fix: all names are taken', code: `FROM busybox AS base\nFROM busybox AS common\nFROM busybox AS shared\n${two('COPY . /src', '')}`, findings: [{ at: install, message: /line 6/ }], fixed: null },
  ],
})
