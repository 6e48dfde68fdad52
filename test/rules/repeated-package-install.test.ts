import rule from '../../rules/repeated-package-install.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const FIRST = 'RUN apt-get update && apt-get install -y curl git'
const second = (step: string, name = step, first = FIRST): { readonly name: string; readonly code: string } => ({ name, code: `FROM debian\n${first}\n${step}\n` })

ruleTester(rule, {
  valid: [
    second('RUN apt-get update && apt-get install -y jq'),
    second('RUN apt-get update && apt-get install -y curl=8.5.0-1', 'a version'),
    second('RUN apt-get update && apt-get install -y curl:arm64', 'another architecture'),
    second('RUN apt-get update && apt-get install -y --only-upgrade curl'),
    second('RUN apt-get update && apt-get install -y --reinstall curl'),
    second('RUN apt-get update && apt-get install -y -t bookworm-backports curl', 'another release'),
    second("RUN echo 'deb http://x y z' > /etc/apt/sources.list.d/x.list && apt-get update && apt-get install -y curl", 'a repository added in between'),
    second('COPY x.list /etc/apt/sources.list.d/\nRUN apt-get update && apt-get install -y curl', 'a repository copied in between'),
    second('RUN apt-get purge -y curl\nRUN apt-get update && apt-get install -y curl', 'removed in between'),
    second('RUN apt-get autoremove -y\nRUN apt-get update && apt-get install -y curl', 'may be removed in between'),
    second('RUN ./strip.sh\nRUN apt-get update && apt-get install -y curl', 'a script in between'),
    second('RUN if\nRUN apt-get update && apt-get install -y curl', 'a script nobody can read'),
    second('RUN if true; then apt-get install -y curl; fi', 'an install that may not run'),
    second('RUN apt-get install -y curl', 'the first may not have run', 'RUN if true; then apt-get install -y curl; fi'),
    second("RUN apt-get install -y 'libssl*' curl-", 'a pattern, and a removal'),
    { name: 'apk: a group that goes away again', code: 'FROM alpine\nRUN apk add --virtual .build gcc\nRUN apk add gcc\n' },
    { name: 'packages of a language may need another version', code: 'FROM python\nRUN pip install flask\nRUN pip install flask\n' },
    { name: 'identical first steps of two stages are one step and run once', code: dockerfile`
      FROM debian AS a
      RUN apt-get update && apt-get install -y curl
      FROM debian
      RUN apt-get update && apt-get install -y curl
      COPY --from=a /x /x` },
    { name: 'stages beside one another', code: dockerfile`
      FROM debian AS a
      RUN apt-get update && apt-get install -y curl gcc
      FROM debian
      RUN apt-get update && apt-get install -y curl
      COPY --from=a /x /x` },
    { name: 'another file system tree', code: 'FROM fedora\nRUN dnf install -y bash\nRUN dnf --installroot /target install -y bash\n' },
    { name: 'ONBUILD', code: `FROM debian AS a\n${FIRST}\nONBUILD RUN apt-get install -y curl\nFROM a\n` },
    { name: 'Windows', code: `FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\n${FIRST}\n${FIRST}\n` },
  ],
  invalid: [
    {
      ...second('RUN apt-get update && apt-get install -y curl jq'),
      findings: [{ at: 'curl', line: 3, message: '"apt-get install -y curl jq" installs "curl" again after "apt-get install -y curl git" (line 2): drop it from this list.', related: [{ at: 'apt-get install -y curl git' }] }],
      fixed: second('RUN apt-get update && apt-get install -y jq').code,
    },
    { ...second('RUN apt-get update && apt-get install -y git curl'), findings: [{ at: 'git', line: 3, message: /installs "git" and "curl" again.*: drop the install\./ }], fixed: 'FROM debian\nRUN apt-get update && apt-get install -y curl git\n' },
    {
      name: 'the same list', code: 'FROM alpine\nRUN apk add --no-cache bash jq bash\n', findings: [{ at: 'bash', message: '"apk add --no-cache bash jq bash" names "bash" twice: drop the second one.', related: [{ at: 'bash' }] }],
      fixed: 'FROM alpine\nRUN apk add --no-cache bash jq\n',
    },
    {
      name: 'a stage below',
      code: dockerfile`
        FROM debian AS base
        RUN apt-get update && apt-get install -y curl
        FROM base
        RUN apt-get update && apt-get install -y curl jq`,
      findings: [{ at: 'curl', line: 4, message: /again after "apt-get install -y curl" \(line 2\)/ }],
      fixed: dockerfile`
        FROM debian AS base
        RUN apt-get update && apt-get install -y curl
        FROM base
        RUN apt-get update && apt-get install -y jq`,
    },
    {
      ...second('RUN dpkg -l && apt-get clean\nRUN apt-get update && apt-get install -y curl jq', 'harmless commands in between'), findings: [{ at: 'curl', line: 4, message: /again/ }],
      fixed: second('RUN dpkg -l && apt-get clean\nRUN apt-get update && apt-get install -y jq').code,
    },
    { name: 'dnf', code: 'FROM fedora\nRUN dnf install -y tar\nRUN dnf -y install tar gzip\n', findings: [{ at: 'tar', line: 3, message: /again/ }], fixed: 'FROM fedora\nRUN dnf install -y tar\nRUN dnf -y install gzip\n' },
    {
      ...second('RUN apt-get update && apt-get install -y \\\n    curl \\\n    jq \\\n    git\nCMD ["jq"]', 'each on a line of its own, one of them the last'), findings: [{ at: 'curl', line: 4, message: /again/ }],
      fixed: second('RUN apt-get update && apt-get install -y \\\n    jq\nCMD ["jq"]').code,
    },
    {
      ...second('RUN apt-get update \\\n    && apt-get install -y \\\n      jq \\\n      git \\\n    && rm -rf /var/lib/apt/lists/*', 'a command follows'), findings: [{ at: 'git', line: 6, message: /again/ }],
      fixed: second('RUN apt-get update \\\n    && apt-get install -y \\\n      jq \\\n    && rm -rf /var/lib/apt/lists/*').code,
    },
    {
      ...second('RUN apt-get install -y git && make', 'nothing is left of the install'), findings: [{ at: 'git', line: 3, message: /drop the install/ }],
      fixed: second('RUN make').code,
    },
    { ...second('RUN apt-get update && apt-get install -y git && make', 'a refresh would be left'), findings: [{ at: 'git', line: 3, message: /drop the install/ }], fixed: null },
    { ...second('RUN ["apt-get", "install", "-y", "git", "jq"]', 'the exec form'), findings: [{ at: '"git"', line: 3, message: /again/ }], fixed: null },
  ],
})
