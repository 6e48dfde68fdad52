import rule from '../../rules/bind-mount-too-broad.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const go = { 'go.mod': '', 'go.sum': '', 'main.go': '', 'web/index.html': '' }
const run = (line: string): string => `FROM golang:1.23\nWORKDIR /src\nRUN ${line}\n`

const both = '--mount=type=bind,source=go.mod,target=go.mod \\\n    --mount=type=bind,source=go.sum,target=go.sum'

ruleTester(rule, {
  valid: [
    { name: 'the manifests alone', code: run('--mount=type=bind,source=go.mod,target=go.mod --mount=type=bind,source=go.sum,target=go.sum go mod download'), files: go },
    { name: 'a compiler needs the sources', code: run('--mount=type=bind,target=. go build -o /app'), files: go },
    { name: 'so does what is compiled along with it', code: run('--mount=type=bind,target=. go mod download && go build -o /app'), files: go },
    { name: 'a local install', code: 'FROM python:3\nWORKDIR /src\nRUN --mount=type=bind,target=. pip install .\n', files: { 'setup.py': '', 'x.py': '', 'README.md': '' } },
    { name: 'manifests that name local packages', code: 'FROM python:3\nWORKDIR /src\nRUN --mount=type=bind,target=. pip install -r requirements.txt\n', files: { 'requirements.txt': '-e ./lib\n', 'lib/setup.py': '', 'README.md': '' } },
    { name: 'requirements that name others', code: 'FROM python:3\nWORKDIR /src\nRUN --mount=type=bind,target=. pip install -r requirements.txt\n', files: { 'requirements.txt': '-r base.txt\n', 'base.txt': '', 'README.md': '' } },
    { name: 'the same, named below the mount', code: 'FROM python:3\nRUN --mount=type=bind,target=/ctx pip install -r /ctx/requirements.txt\n', files: { 'requirements.txt': '-c base.txt\n', 'base.txt': '', 'README.md': '' } },
    { name: 'a module next door', code: run('--mount=type=bind,target=. go mod download'), files: { 'go.mod': 'module x\nreplace y => ./y\n', 'go.sum': '', 'y/go.mod': '', 'README.md': '' } },
    { name: 'scripts of the project', code: 'FROM node:22\nWORKDIR /src\nRUN --mount=type=bind,target=.,rw npm ci\n', files: { 'package.json': '{"scripts":{"postinstall":"node x.js"}}', 'package-lock.json': '{}', 'x.js': '' } },
    { name: 'an ignore file that makes it narrow', code: run('--mount=type=bind,target=. go mod download'), files: go, ignore: '**\n!go.mod\n!go.sum\n' },
    { name: 'a folder of manifests', code: 'FROM python:3\nRUN --mount=type=bind,source=requirements,target=/r pip install -r /r/base.txt -r /r/extra.txt\n', files: { 'requirements/base.txt': '', 'requirements/extra.txt': '', 'x.py': '' } },
    { name: 'another stage', code: dockerfile`
      FROM golang:1.23 AS base
      FROM golang:1.23
      WORKDIR /src
      RUN --mount=type=bind,from=base,target=. go mod download` },
    { name: 'a script there may read all of it', code: 'FROM debian\nRUN --mount=type=bind,target=/ctx apt-get update && apt-get install -y jq && bash /ctx/setup.sh /ctx\n', files: { 'setup.sh': '', 'x.json': '', 'y': '' } },
    { name: 'a script there may read what lies beside it', code: 'FROM debian\nRUN --mount=type=bind,target=/ctx apt-get update && apt-get install -y jq && /ctx/setup.sh\n', files: { 'setup.sh': '', 'x.json': '', 'y': '' } },
    { name: 'point 7: an unknown name below it', code: 'FROM debian\nARG V\nRUN --mount=type=bind,target=/ctx apt-get update && apt-get install -y jq && cp /ctx/app-$V.zip /x && jq . /ctx/x.json\n', files: { 'x.json': '', 'y': '', 'z': '' } },
    { name: 'point 7: something that runs inside', code: 'FROM debian\nRUN --mount=type=bind,target=/ctx apt-get update && apt-get install -y jq && cd /ctx && jq . x.json\n', files: { 'x.json': '', 'y': '', 'z': '' } },
    { name: 'a glob', code: 'FROM python:3\nRUN --mount=type=bind,target=/ctx pip install /ctx/*.whl\n', files: { 'a.whl': '', 'b.whl': '', 'y': '' } },
    { name: 'nothing costly', code: 'FROM debian\nRUN --mount=type=bind,target=/ctx cp /ctx/README.md /\n', files: { 'README.md': '', 'x': '', 'y': '' } },
    { name: 'a script nobody can read', code: run('--mount=type=bind,target=. go mod download && if'), files: go },
    { name: 'a context nobody knows, and a folder of it', code: 'FROM golang:1.23\nWORKDIR /src\nRUN --mount=type=bind,source=app,target=. go mod download\n' },
    { name: 'a stage that is not built', code: dockerfile`
      FROM golang:1.23 AS other
      WORKDIR /src
      RUN --mount=type=bind,target=. go mod download
      FROM golang:1.23`, files: go },
  ],
  invalid: [
    {
      code: run('--mount=type=bind,target=. go mod download'), files: go,
      findings: [{
        at: '--mount=type=bind,target=.',
        message: '"--mount=type=bind,target=." binds the whole build context, so "go mod download" re-runs when any of its 5 files changes, though it reads only go.mod and go.sum: bind each of these alone, with "source=go.mod" and so on.',
      }],
      fixed: run(`${both} \\\n    go mod download`),
    },
    { name: 'a folder of the context', code: 'FROM golang:1.23\nWORKDIR /src\nRUN --mount=type=bind,source=app,target=/src --mount=type=cache,target=/go/pkg/mod go mod download\n', files: { 'app/go.mod': '', 'app/go.sum': '', 'app/main.go': '' }, findings: [{ at: /source=app/, message: /binds "app", so .* any of its 3 files .* only app\/go.mod and app\/go.sum/ }], fixed: 'FROM golang:1.23\nWORKDIR /src\nRUN --mount=type=bind,source=app/go.mod,target=/src/go.mod \\\n    --mount=type=bind,source=app/go.sum,target=/src/go.sum \\\n    --mount=type=cache,target=/go/pkg/mod go mod download\n' },
    { name: 'a context nobody knows', code: run('--mount=target=. go mod download'), findings: [{ at: '--mount=target=.', message: /when any file of it changes, though it reads only go\.mod and go\.sum/ }], fixed: null },
    { name: 'named below the mount', code: 'FROM python:3\nRUN --mount=type=bind,target=/ctx pip install -r /ctx/requirements.txt\n', files: { 'requirements.txt': 'flask\n', 'app.py': '', 'README.md': '' }, findings: [{ at: /target=\/ctx/, message: /reads only requirements\.txt: bind that file alone, with "source=requirements\.txt"\.$/ }], fixed: 'FROM python:3\nRUN --mount=type=bind,source=requirements.txt,target=/ctx/requirements.txt pip install -r /ctx/requirements.txt\n' },
    { name: 'named one by one, and read by other commands', code: 'FROM debian\nRUN --mount=type=bind,target=/ctx apt-get update && apt-get install -y jq curl && curl -o /x "$(jq -r .url /ctx/x.json)"\n', files: { 'x.json': '', 'y': '', 'z': '' }, findings: [{ at: /target=\/ctx/, message: /"apt-get install -y jq curl" re-runs when any of its 4 files changes, though it reads only x\.json/ }], fixed: 'FROM debian\nRUN --mount=type=bind,source=x.json,target=/ctx/x.json apt-get update && apt-get install -y jq curl && curl -o /x "$(jq -r .url /ctx/x.json)"\n' },
    { name: 'flags on lines of their own, other names of options, CRLF, lower case', code: 'from golang:1.23\r\nworkdir /src\r\nrun --mount=type=cache,target=/go/pkg/mod \\\r\n  --mount=type=bind,src=.,dst=/src \\\r\n  # all modules\r\n  go mod download -x', files: go, findings: [{ at: /dst=/, message: /reads only go\.mod and go\.sum/ }], fixed: 'from golang:1.23\r\nworkdir /src\r\nrun --mount=type=cache,target=/go/pkg/mod \\\r\n  --mount=type=bind,source=go.mod,dst=/src/go.mod \\\r\n  --mount=type=bind,source=go.sum,dst=/src/go.sum \\\r\n  # all modules\r\n  go mod download -x' },
    { name: 'a folder that may be written', code: run('--mount=type=bind,target=.,rw go mod download'), files: go, findings: [{ at: /target=/, message: /go mod/ }], fixed: null },
    { name: 'npm writes beside its manifest', code: run('--mount=type=bind,target=. npm ci'), files: { 'package.json': '{}', 'package-lock.json': '{}', 'a.js': '' }, findings: [{ at: /target=/, message: /npm ci/ }], fixed: null },
  ],
})
