import { expect, test } from 'vitest'
import rule from '../../rules/stale-remote-fetch.ts'
import { lint } from '../../src/lint.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { activeRule } from '../support/input.ts'
import { ruleTester } from '../support/rule-tester.ts'

const run = (script: string, name = script): { readonly name: string; readonly code: string } => ({ name, code: `FROM debian\nRUN ${script}\nCMD ["sh"]\n` })
const REPO = 'https://github.com/krallin/tini.git'

ruleTester(rule, {
  valid: [
    run(`git clone -b v0.19.0 ${REPO}`),
    run(`git clone --branch=1.2-stable ${REPO}`, 'a branch that may be a tag'),
    run(`git clone ${REPO} && cd tini && git checkout 1a2b3c4`),
    run(`git clone ${REPO} && git -C tini checkout "$REF"`),
    run(`git clone ${REPO} && cd tini && git reset --hard v0.19.0`),
    run(`git clone ${REPO} && cd tini && git checkout $(git describe --tags --abbrev=0)`),
    run(`git clone --revision=1a2b3c4 ${REPO}`),
    run('git clone /src /copy', 'a folder'),
    run('git clone "$URL"', 'an address nobody knows'),
    { name: 'a branch from an argument', code: `FROM debian\nARG BRANCH=master\nRUN git clone -b $BRANCH ${REPO}\n` },
    { name: 'a branch from an argument of another name', code: `FROM debian\nARG TINI=master\nRUN git clone --branch "${'${TINI}'}" ${REPO}\n` },
    { name: 'a checkout of an argument, a branch unless the build sets it', code: `FROM debian\nRUN git clone ${REPO}\nARG TINI_COMMIT=main\nRUN cd tini && git pull && git checkout ${'${TINI_COMMIT}'}\n` },
    { name: 'a version from an argument', code: `FROM debian\nARG TINI_VERSION=v0.19.0\nRUN git clone -b $TINI_VERSION ${REPO}\n` },
    { name: 'a commit checked out in a later step', code: `FROM debian\nRUN git clone ${REPO} /src\nWORKDIR /src\nRUN git checkout v0.19.0\n` },
    { name: 'a commit declared, which runs it again', code: `FROM debian\nARG COMMIT_SHA\nRUN git clone ${REPO}\n` },
    { name: 'a counter declared, which runs it again', code: `FROM debian\nARG CACHEBUST\nRUN git clone ${REPO}\n` },
    run('curl -fsSLO https://github.com/a/b/releases/download/v1.2.3/b.tar.gz'),
    { name: 'an ADD asks for the newest commit, which runs it again', code: `FROM debian\nENV REPO=krallin/tini\nADD https://api.github.com/repos/$REPO/git/refs/heads/master /.ref\nRUN git clone https://github.com/$REPO.git\n` },
    { name: 'an ADD in the stage below', code: `FROM debian AS base\nADD https://github.com/krallin/tini/commits/master.atom /.ref\nFROM base\nRUN git clone ${REPO}\n` },
    run('curl -sL https://aka.ms/InstallAzureCLIDeb | bash', 'an installer that takes no version'),
    run('curl -sSL https://sdk.cloud.google.com | bash', 'another one'),
    run('curl -fsSLO https://example.com/tool.tar.gz', 'nothing says that it moves'),
    run('curl -fsSLO https://example.com/latest/tool-1.2.3.tar.gz', 'a version beside it'),
    run('curl -fsSLO https://example.com/latest/tool-${TOOL_VERSION}.tar.gz'),
    run('curl -O https://dl.google.com/android/repository/commandlinetools-linux-13114758_latest.zip', 'a build number beside it'),
    run('curl -fsSL https://example.com/latest/tool -o t && echo "1a2b  t" | sha256sum -c -', 'a checksum'),
    run('curl -fsSL https://example.com/latest/repo.gpg.key | apt-key add -', 'a key'),
    run('curl -fsSL https://example.com/latest/versions.json', 'a table of versions'),
    run('curl -sL https://deb.nodesource.com/setup_22.x | bash -', 'a version in the address'),
    run('curl -sSf https://sh.rustup.rs | sh -s -- -y --default-toolchain 1.85.0', 'a version as an argument'),
    run('curl -sSf https://sh.rustup.rs | sh -s -- -y --default-toolchain none', 'no toolchain at all'),
    run('curl -sSfL https://raw.githubusercontent.com/golangci/golangci-lint/master/install.sh | sh -s -- -b /bin $GOLANGCI_LINT_VERSION', 'a version as an argument of a script that moves'),
    run('curl -sSL https://install.python-poetry.org | POETRY_VERSION=1.8.3 python3 -', 'a version as a variable'),
    { name: 'a version as a variable of the stage', code: 'FROM python\nENV POETRY_VERSION=1.8.3\nRUN curl -sSL https://install.python-poetry.org | python3 -\n' },
    run('curl -s https://packagecloud.io/install/repositories/github/git-lfs/script.deb.sh | bash', 'sets up a package repository'),
    run('curl -fsSL https://example.com/list | grep x', 'a pipe into something else'),
    run('curl -sSL https://bootstrap.pypa.io/get-pip.py | python3 && pip3 install pip==20.1', 'a version set right afterwards'),
    run('wget https://raw.githubusercontent.com/a/hosts/master/hosts -O /etc/hosts', 'a file that no layer keeps'),
    { name: 'the text of a parser test', path: 'parser/testfiles/a/Dockerfile', code: `FROM debian\nRUN git clone ${REPO}\n` },
    run(`git clone ${REPO} && if`, 'a script nobody can read'),
    { name: 'a stage that is not built', code: `FROM debian AS a\nRUN git clone ${REPO}\nFROM scratch\nCOPY a /\n` },
    { name: 'ONBUILD', code: `FROM debian AS a\nONBUILD RUN git clone ${REPO}\nFROM a\n` },
    { name: 'Windows', code: `FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN git clone ${REPO}\n` },
    { name: 'ADD takes the commit into its key', code: `FROM debian\nADD ${REPO}#v0.19.0 /src\n` },
  ],
  invalid: [
    { name: 'a branch checked out', code: `FROM debian\nENV TINI master\nRUN git clone ${REPO} /src && (cd /src && git checkout "$TINI") && git clone ${REPO}\n`, findings: [{ at: `git clone ${REPO} /src`, message: /whatever "master" holds/ }], fixed: null },
    {
      name: 'an ADD of something else', code: `FROM debian\nADD https://github.com/a/b/releases/download/v1.2.3/b.tar.gz /\nRUN git clone ${REPO}\n`, findings: [{ at: `git clone ${REPO}`, message: /whatever the default branch holds/ }],
      fixed: `FROM debian\nADD https://github.com/a/b/releases/download/v1.2.3/b.tar.gz /\nADD --keep-git-dir=true ${REPO} tini\n`,
    },
    {
      ...run(`git clone ${REPO}`),
      findings: [{ at: `git clone ${REPO}`, message: `"git clone ${REPO}" takes whatever the default branch holds on the day this step runs, and the cache keeps that however often it changes there: clone a tag or check out a commit, or use ADD with "#" and the commit after the address.` }],
      fixed: `FROM debian\nADD --keep-git-dir=true ${REPO} tini\nCMD ["sh"]\n`,
    },
    { ...run(`git clone --depth 1 -b main ${REPO} /src`), findings: [{ at: /git clone/, message: /takes whatever "main" holds/ }], fixed: `FROM debian\nADD --keep-git-dir=true ${REPO}#main /src\nCMD ["sh"]\n` },
    { name: 'options on lines of their own, CRLF, lower case', code: 'from debian\r\nrun git clone -q \\\r\n    --depth=1 --recursive --branch=main \\\r\n    https://gitlab.com/a/b /src/b\r\n', findings: [{ at: /git clone/, message: /"main"/ }], fixed: 'from debian\r\nadd --keep-git-dir=true https://gitlab.com/a/b.git#main /src/b\r\n' },
    { ...run(`git clone ${REPO} && cd tini && git checkout develop`), findings: [{ at: `git clone ${REPO}`, message: /"develop" holds/ }], fixed: null },
    { name: 'a branch from ENV, which no build can set', code: `FROM debian\nENV TINI=master\nRUN git clone --branch $TINI ${REPO}\n`, findings: [{ at: /git clone/, message: /takes whatever "master" holds/ }], fixed: null },
    { ...run('git clone https://$TOKEN@github.com/a/b.git'), findings: [{ at: /git clone/, message: /default branch/ }], fixed: null },
    { ...run('git clone https://git.example.com/a/b'), findings: [{ at: /git clone/, message: /default branch/ }], fixed: null },
    { ...run(`--mount=type=ssh git clone ${REPO}`), findings: [{ at: /git clone/, message: /default branch/ }], fixed: null },
    { ...run(`git clone --mirror ${REPO}`), findings: [{ at: /git clone/, message: /default branch/ }], fixed: null },
    { ...run(`["git", "clone", "${REPO}"]`), findings: [{ at: /git/, message: /default branch/ }], fixed: null },
    { name: 'another user', code: `FROM debian\nUSER app\nRUN git clone ${REPO}\n`, findings: [{ at: /git clone/, message: /default branch/ }], fixed: null },
    { name: 'a later step works on it', code: `FROM debian\nRUN git clone ${REPO} /src\nRUN cd /src && git log -1 > /version\n`, findings: [{ at: /git clone/, message: /default branch/ }], fixed: null },
    { name: 'a script of the repository pulls', code: `FROM debian\nRUN git clone ${REPO} /src\nCMD ["python3", "/src/start.py"]\n`, files: { 'start.py': 'run_cmd("git pull --autostash", check=True)\n' }, findings: [{ at: /git clone/, message: /default branch/ }], fixed: null },
    { name: 'no script pulls', code: `FROM debian\nRUN git clone ${REPO} /src\nCMD ["python3", "/src/start.py"]\n`, files: { 'start.py': 'run("docker pull x") # as git would\n' }, findings: [{ at: /git clone/, message: /default branch/ }], fixed: `FROM debian\nADD --keep-git-dir=true ${REPO} /src\nCMD ["python3", "/src/start.py"]\n` },
    { name: 'a frontend that does not know it', code: `# syntax=docker/dockerfile:1.4\nFROM debian\nRUN git clone ${REPO}\n`, findings: [{ at: /git clone/, message: /default branch/ }], fixed: null },
    { name: 'a commit of another stage', code: dockerfile`
      FROM debian AS a
      RUN git checkout v1
      FROM debian
      RUN git clone https://github.com/a/b.git
      COPY --from=a /x /x`, findings: [{ at: /git clone/, message: /default branch/ }], fixed: dockerfile`
      FROM debian AS a
      RUN git checkout v1
      FROM debian
      ADD --keep-git-dir=true https://github.com/a/b.git b
      COPY --from=a /x /x` },
    { ...run('curl -fsSLO https://github.com/a/b/releases/latest/download/b-$TARGETARCH'), findings: [{ at: /curl/, message: /takes whatever "releases\/latest" stands for.*: name a version/ }], fixed: null },
    { ...run('wget https://repo.anaconda.com/miniconda/Miniconda3-latest-Linux-x86_64.sh'), findings: [{ at: /wget/, message: /"latest"/ }], fixed: null },
    { ...run('curl -sSL https://raw.githubusercontent.com/a/b/master/c.py > c.py'), findings: [{ at: /^curl/, message: /takes whatever "master" stands for.*: put a tag or commit in place of "master"\./ }], fixed: null },
    { ...run('curl -sSL https://github.com/a/b/archive/master.tar.gz | tar xz'), findings: [{ at: /^curl/, message: /"archive\/master" stands.* in place of "master"/ }], fixed: null },
    { ...run('curl -LO "https://dl.k8s.io/release/$(curl -Ls https://dl.k8s.io/release/stable.txt)/bin/linux/amd64/kubectl"'), findings: [{ at: /^curl -LO/, message: /"stable\.txt"/ }], fixed: null },
    { ...run('curl -sSf https://sh.rustup.rs | sh -s -- -y'), findings: [{ at: /^curl/, message: /runs whatever script the server has.*: name a version, in the address or as the installer takes it\./ }], fixed: null },
    { ...run('curl -sSL https://bootstrap.pypa.io/get-pip.py | python3 && pip3 install flask==3.1.0'), findings: [{ at: /^curl/, message: /runs whatever/ }], fixed: null },
    { ...run('wget -O- https://bootstrap.pypa.io/get-pip.py | python3'), findings: [{ at: /^wget/, message: /runs whatever/ }], fixed: null },
    {
      name: 'one finding for one step', code: 'FROM debian\nRUN git clone https://github.com/a/b && git clone https://github.com/c/d\nCMD ["sh"]\n',
      findings: [{ at: 'git clone https://github.com/a/b', message: /default/, related: [{ at: 'git clone https://github.com/c/d' }] }],
      fixed: null,
    },
  ],
})

const severityOf = (code: string, path = 'Dockerfile'): string | undefined => lint({ text: code, path }, [activeRule(rule)])[0]?.severity
test('a development image, and a comment that asks for the latest, make it an information', () => {
  expect(severityOf(`FROM debian\nRUN git clone ${REPO}\nCMD ["sh"]\n`)).toBe('warning')
  expect(severityOf(`FROM debian\nRUN git clone ${REPO}\nCMD ["sh"]\n`, '.devcontainer/Dockerfile')).toBe('info')
  expect(severityOf(`FROM debian\nRUN git clone ${REPO}\nCMD ["sh"]\n`, 'dev/docker/Dockerfile')).toBe('info')
  expect(severityOf(`FROM debian\n# always the newest\nRUN git clone ${REPO}\nCMD ["sh"]\n`)).toBe('info')
})
