import { describe, expect, test } from 'vitest'
import rule from '../../rules/recommended-packages-installed.ts'
import { recommendedPackages } from '../../src/data/recommended-packages.ts'
import { ruleTester } from '../support/rule-tester.ts'

const run = (script: string, base = 'debian:bookworm-slim', name = script): { readonly name: string; readonly code: string } => ({ name, code: `FROM ${base}\nRUN ${script}\nCMD ["sh"]\n` })
const install = (rest: string, base?: string, name = rest): ReturnType<typeof run> => run(`apt-get update && apt-get install -y ${rest}`, base, name)
const lean = (rest: string, base?: string): string => run(`apt-get update && apt-get install -y --no-install-recommends ${rest}`, base).code

ruleTester(rule, {
  valid: [
    ...['fonts-noto', 'xfce4', 'task-german', 'mate-desktop-environment'].map(name => ({ name: `a collection beside it: ${name}`, code: `FROM debian:12\nRUN apt-get update && apt-get install -y graphviz ${name}\nCMD ["dot"]\n` })),
    install('--no-install-recommends python3-pip'),
    install('python3-pip --no-install-recommends'),
    install('-o APT::Install-Recommends=false python3-pip'),
    install('-o APT::Install-Recommends=0 python3-pip'),
    install('unzip make pkg-config', undefined, 'packages that bring nothing'),
    install('curl', undefined, 'a package that brings little'),
    install('$APT_OPTIONS python3-pip', undefined, 'options nobody knows'),
    install('dirmngr gnupg', undefined, 'what is recommended is named as well'),
    install('/tmp/tool.deb', undefined, 'a package file'),
    install('build-essential && make && apt-get purge -y --auto-remove build-essential', undefined, 'removed again in the same step'),
    install('zlib1g-dev', 'python:3.13', 'a base with compilers and libraries'),
    install('zlib1g-dev', 'rust:1-slim', 'another one'),
    install('python3-pip', 'registry.example.com/base', 'a base nobody knows'),
    install('python3-pip', '$BASE', 'an argument nobody knows'),
    install('python3-pip', 'debian:buster', 'a release with other recommendations'),
    install('python3-pip', 'ubuntu:18.04'),
    install('python3-pip', 'debian:bullseye', 'the release before the one of the figures'),
    install('gcc', 'python:3.12-slim-bullseye'),
    { name: 'turned off for all', code: "FROM debian:12\nRUN echo 'APT::Install-Recommends \"false\";' > /etc/apt/apt.conf.d/99x\nRUN apt-get update && apt-get install -y python3-pip\nCMD [\"sh\"]\n" },
    { name: 'a configuration that may turn it off', code: 'FROM debian:12\nCOPY apt.conf /etc/apt/apt.conf.d/99x\nRUN apt-get update && apt-get install -y python3-pip\nCMD ["sh"]\n' },
    { name: 'libraries installed before', code: 'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev\nRUN apt-get update && apt-get install -y zlib1g-dev\nCMD ["sh"]\n' },
    install('--no-install-recommends gcc libc6-dev && apt-get install -y zlib1g-dev', undefined, 'libraries installed before in the same step'),
    { name: 'a builder stage', code: 'FROM debian:12 AS build\nRUN apt-get update && apt-get install -y build-essential\nFROM scratch\nCOPY --from=build /app /app\n' },
    { name: 'a development container', path: '.devcontainer/Dockerfile', code: 'FROM debian:12\nRUN apt-get update && apt-get install -y build-essential\n' },
    { name: 'an install that may not run', code: 'FROM debian:12\nRUN if [ -n "$X" ]; then apt-get install -y python3-pip; fi\nCMD ["sh"]\n' },
    { name: 'ONBUILD', code: 'FROM debian:12 AS a\nONBUILD RUN apt-get install -y python3-pip\nFROM a\nCMD ["sh"]\n' },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN apt-get install -y python3-pip\n' },
    { ...install('graphviz', undefined, 'less than the option asks for'), options: { minMegabytes: 100 } },
  ],
  invalid: [
    {
      ...install('python3-pip'),
      findings: [{ at: 'apt-get install -y python3-pip', message: '"apt-get install -y python3-pip" also installs what is only recommended: for "python3-pip" alone 116 packages of 371 MB in Debian 12 (build-essential, krb5-locales, libgpm2, …); add "--no-install-recommends" and name those you need.' }],
      fixed: lean('python3-pip'),
    },
    { ...install('unzip imagemagick graphviz'), findings: [{ at: /imagemagick/, message: /for "imagemagick" alone/ }], fixed: lean('unzip imagemagick graphviz') },
    { ...install('python3-pip build-essential', undefined, 'most of what pip recommends is asked for'), findings: [{ at: /python3-pip/, message: /for "build-essential" alone 68 packages of 77 MB/ }], fixed: lean('python3-pip build-essential') },
    { ...install('gcc g++', undefined, 'the headers that gcc recommends come with g++'), findings: [{ at: /gcc/, message: /"g\+\+" alone/ }], fixed: lean('gcc g++') },
    { ...install('gcc make', undefined, 'gcc needs the headers that it recommends'), findings: [{ at: /gcc/, message: /for "gcc" alone 37 packages of 56 MB .*and name those you need, "libc6-dev" at least\./ }], fixed: lean('gcc libc6-dev make') },
    { ...install('build-essential curl', undefined, 'certificates that curl only recommends'), findings: [{ at: /curl/, message: /and name those you need, "ca-certificates" at least\./ }], fixed: lean('build-essential ca-certificates curl') },
    { ...install('gcc git', 'node:22-slim'), findings: [{ at: /git/, message: /"libc6-dev" and "ca-certificates" at least\./ }], fixed: lean('gcc libc6-dev ca-certificates git', 'node:22-slim') },
    { ...install('gcc git', 'python:3.13-slim', 'an image with certificates'), findings: [{ at: /git/, message: /need, "libc6-dev" at least\./ }], fixed: lean('gcc libc6-dev git', 'python:3.13-slim') },
    {
      ...install('ca-certificates && apt-get install -y gcc git', undefined, 'certificates that are named'), findings: [{ at: /git/, message: /need, "libc6-dev" at least\./ }],
      fixed: install('ca-certificates && apt-get install -y --no-install-recommends gcc libc6-dev git').code,
    },
    {
      ...install('software-properties-common && add-apt-repository ppa:example/a', 'ubuntu:24.04', 'adding repositories takes an agent'), findings: [{ at: /software/, message: /need, "gpg-agent" at least\./ }],
      fixed: lean('software-properties-common gpg-agent && add-apt-repository ppa:example/a', 'ubuntu:24.04'),
    },
    { ...install('software-properties-common', 'ubuntu:24.04', 'no repository is added'), findings: [{ at: /software/, message: /name those you need\./ }], fixed: lean('software-properties-common', 'ubuntu:24.04') },
    { ...install('-o APT::Install-Suggests=false python3-pip'), findings: [{ at: /python3-pip/, message: /alone/ }], fixed: lean('-o APT::Install-Suggests=false python3-pip') },
    { ...install('libxslt1-dev', 'python:3.13-slim'), findings: [{ at: /libxslt1-dev/, message: /of 56 MB/ }], fixed: lean('libxslt1-dev', 'python:3.13-slim') },
    { ...install('python3-pip', 'ubuntu:24.04'), findings: [{ at: /python3-pip/, message: /alone/ }], fixed: lean('python3-pip', 'ubuntu:24.04') },
    {
      ...run('apt-get update \\\n  && apt-get -qq install \\\n    gcc \\\n    git \\\n  && rm -rf /var/lib/apt/lists/*', undefined, 'a list with a package on each line'), findings: [{ at: /install/, message: /alone/ }],
      fixed: run('apt-get update \\\n  && apt-get -qq install --no-install-recommends \\\n    gcc \\\n    libc6-dev \\\n    ca-certificates \\\n    git \\\n  && rm -rf /var/lib/apt/lists/*').code,
    },
    {
      name: 'the last of the list, CRLF, lower case', code: 'from debian:bookworm-slim\r\nrun apt-get update && sudo apt-get install -yq \\\r\n    make \\\r\n    gcc\r\ncmd ["sh"]\r\n', findings: [{ at: /install/, message: /alone/ }],
      fixed: 'from debian:bookworm-slim\r\nrun apt-get update && sudo apt-get install -yq --no-install-recommends \\\r\n    make \\\r\n    gcc \\\r\n    libc6-dev\r\ncmd ["sh"]\r\n',
    },
    { ...install('python3-pip\nRUN pip install numpy', undefined, 'what is only recommended may compile'), findings: [{ at: /python3-pip/, message: /alone/ }], fixed: null },
    { ...install('build-essential flex && ./configure && make', undefined, 'so may what another package recommends'), findings: [{ at: /flex/, message: /alone/ }], fixed: null },
    { ...run('["apt-get", "install", "-y", "python3-pip"]', undefined, 'the exec form'), findings: [{ at: /python3-pip/, message: /alone/ }], fixed: null },
  ],
})

describe('the table', () => {
  test('holds what the rule prefers, and no row that is too light', () => {
    for (const name of ['build-essential', 'g++', 'gcc']) expect(recommendedPackages[name], name).toBeDefined()
    for (const [name, [packages, megabytes, recommended]] of Object.entries(recommendedPackages)) {
      expect(packages, name).toBeGreaterThan(0)
      expect(megabytes, name).toBeGreaterThanOrEqual(20)
      expect(recommended.length, name).toBeGreaterThan(0)
    }
  })
})
