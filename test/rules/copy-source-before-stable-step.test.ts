import { expect, test } from 'vitest'
import beforeInstall from '../../rules/copy-source-before-install.ts'
import rule from '../../rules/copy-source-before-stable-step.ts'
import { lint } from '../../src/lint.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { activeRule, inputOf } from '../support/input.ts'
import { ruleTester } from '../support/rule-tester.ts'

const install = 'RUN apt-get update && apt-get install -y libpq5 && rm -rf /var/lib/apt/lists/*'
const sources = { 'app.py': '', 'lib/a.py': '', 'requirements.txt': '' }
const assets = { 'priv/seeds.exs': '', 'priv/repo/a.exs': '', 'lib/a.ex': '', 'lib/b.ex': '', 'assets/package.json': '{}', 'assets/package-lock.json': '{}', 'assets/js/app.js': '' }
/** Steps below a copy of everything. */
const after = (...lines: readonly string[]): string => `FROM python:3.13\nWORKDIR /app\nCOPY . .\n${lines.join('\n')}\n`
/** Steps above what was above them. */
const first = (copy: string, ...lines: readonly string[]): string => `FROM python:3.13\nWORKDIR /app\n${lines.join('\n')}\n${copy}\n`
/** Steps below something else. */
const below = (copy: string, ...lines: readonly string[]): string => `FROM python:3.13\nWORKDIR /app\n${[copy, ...lines].join('\n')}\n`
const built = (copy: string, build = 'npm run build'): string => dockerfile`FROM node:22 AS build
                                                                           WORKDIR /app
                                                                           COPY package.json package-lock.json ./
                                                                           RUN npm ci
                                                                           COPY . .
                                                                           RUN ${build}
                                                                           FROM nginx:1.29
                                                                           ${copy}
                                                                           RUN apt-get update && apt-get install -y curl`

/** A stage that builds, and one that installs what is needed to run it. */
const shipped = (copies: string): string => built(`${copies}\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev`).replace('FROM nginx:1.29\n', 'FROM node:22-slim\nWORKDIR /app\n').replace(/RUN apt-get.*\n/, '')

/** Ways to write it; what moves must look as if it had been written there. */
const fixes: readonly { readonly name: string; readonly given: string; readonly wanted: string }[] = [
  { name: 'paragraphs stay paragraphs', given: `FROM python:3.13\n\nWORKDIR /app\n\nCOPY . .\n\n${install}\n\nCMD ["a"]\n`, wanted: `FROM python:3.13\n\nWORKDIR /app\n\n${install}\n\nCOPY . .\n\nCMD ["a"]\n` },
  { name: 'a paragraph amid another', given: `FROM python:3.13\nWORKDIR /app\nCOPY . .\n\n${install}\n\nCMD ["a"]\n`, wanted: `FROM python:3.13\nWORKDIR /app\n\n${install}\n\nCOPY . .\n\nCMD ["a"]\n` },
  { name: 'comments move along', given: `FROM python:3.13\n# sources\nCOPY . /app\n# packages\n# hadolint ignore=DL3008\n${install}\nCMD ["a"]\n`, wanted: `FROM python:3.13\n# packages\n# hadolint ignore=DL3008\n${install}\n# sources\nCOPY . /app\nCMD ["a"]\n` },
  { name: 'a comment that heads all of it stays on top', given: `FROM python:3.13\n# Ruby setup\nCOPY . /app\n${install}\n`, wanted: `FROM python:3.13\n# Ruby setup\n${install}\nCOPY . /app\n` },
  { name: 'line ends', given: `FROM python:3.13\r\nCOPY . /app\r\n\r\n${install}\r\n`, wanted: `FROM python:3.13\r\n\r\n${install}\r\n\r\nCOPY . /app\r\n` },
  { name: 'no line end at the end', given: `FROM python:3.13\nCOPY . /app\n${install}`, wanted: `FROM python:3.13\n${install}\nCOPY . /app` },
  { name: 'continued lines keep their blanks', given: 'from python:3.13\n\tcopy . /app\n\trun apt-get update \\\n\t  && apt-get install -y \\\n\t     # a client\n\t     libpq5 ; \\\n\t  true\n', wanted: 'from python:3.13\n\trun apt-get update \\\n\t  && apt-get install -y \\\n\t     # a client\n\t     libpq5 ; \\\n\t  true\n\tcopy . /app\n' },
  { name: 'another escape character', given: '# escape=`\nFROM python:3.13\nCOPY . /app\nRUN apt-get update && `\n    apt-get install -y libpq5\n', wanted: '# escape=`\nFROM python:3.13\nRUN apt-get update && `\n    apt-get install -y libpq5\nCOPY . /app\n' },
  { name: 'past the working directory', given: `FROM python:3.13\nCOPY . /app\nWORKDIR /app\n${install}\n`, wanted: `FROM python:3.13\n${install}\nCOPY . /app\nWORKDIR /app\n` },
  { name: 'above a paragraph that starts with its folder', given: `FROM python:3.13\n\n# the sources\nENV HOME_OF_APP /app\nWORKDIR $HOME_OF_APP\nCOPY . .\n\n${install}\n`, wanted: `FROM python:3.13\n\n${install}\n\n# the sources\nENV HOME_OF_APP /app\nWORKDIR $HOME_OF_APP\nCOPY . .\n` },
  { name: 'not above the folder it works in', given: 'FROM python:3.13\n\n# the sources\nWORKDIR /app\nCOPY . .\n\nRUN curl -fsSLO https://example.org/tool\n', wanted: 'FROM python:3.13\n\n# the sources\nWORKDIR /app\n\nRUN curl -fsSLO https://example.org/tool\n\nCOPY . .\n' },
  { name: 'with the variable it names', given: 'FROM python:3.13\nCOPY . /app\n\nENV PORT=80\n# of the client\nENV PACKAGE=libpq5\nRUN apt-get update && apt-get install -y $PACKAGE\n', wanted: 'FROM python:3.13\n# of the client\nENV PACKAGE=libpq5\nRUN apt-get update && apt-get install -y $PACKAGE\nCOPY . /app\n\nENV PORT=80\n' },
  { name: 'with the variable that steers it, and what that is made from', given: `FROM python:3.13\nCOPY . /app\nARG MODE=noninteractive\nENV DEBIAN_FRONTEND=$MODE\n${install}\nCMD ["a"]\n`, wanted: `FROM python:3.13\nARG MODE=noninteractive\nENV DEBIAN_FRONTEND=$MODE\n${install}\nCOPY . /app\nCMD ["a"]\n` },
  { name: 'a folder more in PATH is nothing to apt', given: `FROM python:3.13\nCOPY . /app\nENV PATH=/app/bin:$PATH\n${install}\n`, wanted: `FROM python:3.13\n${install}\nCOPY . /app\nENV PATH=/app/bin:$PATH\n` },
  { name: 'sudo', given: 'FROM python:3.13\nUSER app\nCOPY . /app\nRUN sudo apt-get update && sudo apt-get install -y libpq5\n', wanted: 'FROM python:3.13\nUSER app\nRUN sudo apt-get update && sudo apt-get install -y libpq5\nCOPY . /app\n' },
  { name: 'folders that stay behind', given: `FROM python:3.13\nCOPY . /app\nRUN mkdir -p /app/data && chown -R www-data /app\n${install}\n`, wanted: `FROM python:3.13\n${install}\nCOPY . /app\nRUN mkdir -p /app/data && chown -R www-data /app\n` },
]

/** Below the copy of everything, in order. */
const obstacles: readonly (readonly [name: string, reason: string, ...lines: readonly string[]])[] = [
  ['another user', '"RUN apt-get update && apt-get install -…" would run as another user', 'COPY . .', 'USER root', install],
  ['another shell', 'line 4 sets another shell in between', 'COPY . .', 'SHELL ["/bin/bash", "-c"]', install],
  ['the folder is made in between', '"RUN curl -fsSL https://example.org/a.tg…" uses the folder that line 4 makes', 'COPY . .', 'WORKDIR /opt/tool', 'WORKDIR /', 'RUN curl -fsSL https://example.org/a.tgz -o /opt/tool/a.tgz'],
  ['a variable that a step in between would see', 'it needs DEBIAN_FRONTEND of line 5, which cannot stand above "RUN make"', 'COPY . .', 'RUN make', 'ENV DEBIAN_FRONTEND=noninteractive', 'RUN npm run build', install],
  ['a variable that is set twice', 'it needs V of line 7, which cannot stand above "COPY b /b/$V"', 'ARG V=1', 'COPY . .', 'ENV V=2', 'COPY b /b/$V', 'ENV V=libpq5', 'RUN apt-get update && apt-get install -y $V'],
  ['users get the next free ids', '"RUN apt-get update && apt-get install -…" may work on the same files or users as "RUN adduser --system app && chown -R ap…" (line 4)', 'COPY . .', 'RUN adduser --system app && chown -R app /app', install],
  ['a step in between removes files of packages', '"RUN apt-get update && apt-get install -…" may work on the same files or users as "RUN cp app.conf /etc/app.conf && rm -rf…" (line 4)', 'COPY . .', 'RUN cp app.conf /etc/app.conf && rm -rf /usr/share/doc', install],
  ['a region that other tools cut out', 'the comment in line 3 marks a region', '# [START copy]', 'COPY . .', '# [END copy]', install],
  ['a folder in PATH', 'it runs what line 4 puts into PATH', 'COPY . .', 'ENV PATH=/opt/python/bin:$PATH', 'RUN pip install --upgrade pip'],
  ['too many settings', '4 settings between would have to move along', 'COPY . .', 'ENV PIP_A=1', 'ENV PIP_B=1', 'ENV PIP_C=1', 'ENV PIP_D=1', 'RUN pip install --upgrade pip'],
]

ruleTester(rule, {
  valid: [
    { name: 'the copy makes the folder that a download goes into', code: 'FROM debian:bookworm\nCOPY sources/ /home/user/sources\nRUN curl -o /home/user/init https://example.org/init\n', files: { 'sources/a.rs': '', 'sources/b.rs': '' } },
    { name: 'package.json names the version of pnpm', code: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN corepack enable pnpm && pnpm add -g turbo\n', files: { 'package.json': '{"packageManager":"pnpm@10.1.0"}', 'a.js': '', 'b.js': '' } },
    { name: 'packages first', code: below(`${install}\nCOPY . .`), files: sources },
    ...['COPY entrypoint.sh /', 'COPY nginx.conf /etc/nginx/nginx.conf', 'COPY php.ini /usr/local/etc/php/', 'COPY docker/healthcheck.py /usr/local/bin/', 'COPY webpack.config.js ./', 'COPY index.html /usr/share/nginx/html/'].map(copy => ({ name: `a single small file: ${copy}`, code: below(copy, install) })),
    { name: 'a folder of scripts and settings', code: below('COPY docker ./docker', install), files: { 'docker/run.sh': '', 'docker/app.conf': '' } },
    { name: 'a context that holds nothing else', code: after(install), files: { 'run.sh': '' } },
    { name: 'a copied list of repositories', code: after('COPY custom.list /etc/apt/sources.list.d/', install), files: { 'app.py': '', 'custom.list': '' } },
    { name: 'a certificate for the package manager', code: below('COPY src ./src\nCOPY ca.crt /usr/local/share/ca-certificates/', install) },
    { name: 'a tree over the root that brings such a list', code: below('COPY . /', install), files: { 'app.py': '', 'etc/apt/sources.list.d/a.list': '' } },
    { name: 'a tree over the root that nobody knows', code: below('COPY . /', install) },
    { name: 'a policy file', code: below('COPY src ./src\nCOPY policy-rc.d /usr/sbin/policy-rc.d', install) },
    ...[
      'RUN apt-get update && apt-get install -y $(cat packages.txt)', 'RUN xargs apt-get install -y < packages.txt', 'RUN apt-get install -y ./tool.deb', 'RUN ./setup.sh && apt-get install -y curl', 'RUN bash setup.sh', 'RUN make deps',
      'RUN cd sub && apt-get install -y curl && ls', 'RUN cp a.list /etc/apt/sources.list && apt-get update && apt-get install -y curl', 'RUN npm install express', 'RUN npx playwright install', 'RUN apt-get install -y curl && if ; then',
      'RUN unzip /app/tool.zip -d /app', 'RUN curl -fsSL https://example.org/a.tgz | tar -xz -C /app/vendor', 'RUN cargo install ripgrep', 'RUN corepack install && npm install -g turbo && cat .nvmrc',
    ].map(step => ({ name: `point 7: reads what was copied, or may: ${step}`, code: after(step) })),
    ...['RUN apt-get update && apt-get install -y curl && chown -R www-data /app', 'RUN apt-get install -y curl && chmod +x *.sh', 'RUN apt-get install -y gcc && pip install -r requirements.txt', 'RUN apt-get install -y gcc && pip install .'].map(step => ({ name: `point 6: one RUN that mixes both cannot be moved: ${step}`, code: after(step) })),
    { name: 'a bind mount of the context', code: after('RUN --mount=type=bind,target=/src apt-get install -y curl') },
    { name: 'creates users only', code: after('RUN groupadd app && useradd -g app app') },
    { name: 'chowns only', code: after('RUN chown -R nobody /app') },
    { name: 'renews everything there is', code: after('RUN apt-get update && apt-get upgrade -y') },
    { name: 'a script between may add a repository', code: after('RUN ./add-repository.sh', install) },
    { name: 'a repository is set up from a copied key', code: after('RUN cp key.gpg /etc/apt/trusted.gpg.d/', install) },
    { name: 'a tool of the same language comes from the project', code: after('RUN npm ci', 'RUN npm install -g serve') },
    { name: 'the program comes with the copy', code: below('COPY src ./src\nCOPY --from=node:22 /usr/local/bin/npm /usr/local/bin/npm', 'RUN npm install -g serve') },
    { name: 'settings of the tool come with the copy', code: below('COPY package.json .npmrc ./', 'RUN npm install -g pnpm') },
    { name: 'a tool image', code: below('COPY --from=composer:2 /usr/bin/composer /usr/bin/composer', install) },
    { name: 'point 5: a tool stage without sources', code: dockerfile`FROM golang:1.25 AS tool
                                                                     RUN go install example.org/tool@v1.2.3
                                                                     FROM debian
                                                                     COPY --from=tool /go/bin/tool /usr/local/bin/tool
                                                                     RUN apt-get update && apt-get install -y curl` },
    { name: 'point 5: a dependency tree, which comes out the same', code: built('COPY --from=build /app/node_modules /app/node_modules') },
    { name: 'point 5: manifests only, the cut-off by content', code: built('COPY --from=build /app/out/json/ ./', 'npx turbo prune web --docker') },
    { name: 'point 5: a manifest from a stage', code: built('COPY --from=build /app/package.json ./') },
    { name: 'point 5: settings from a stage', code: built('COPY --from=build /app/nginx.conf /etc/nginx/nginx.conf') },
    { name: 'a system folder of a stage', code: built('COPY --from=build /usr/local /usr/local') },
    { name: 'a whole tree of a stage', code: built('COPY --from=build / /') },
    { name: 'point 5: a marker that tests passed', code: built('COPY --from=build /app/tests-passed /tmp/').replace('RUN npm run build', 'RUN npm run build && touch /app/tests-passed') },
    { name: 'a stage that checks', code: built('COPY --from=build /app/dist /dist').replace('AS build', 'AS lint').replace('=build', '=lint') },
    ...['COPY --from=build /app/prisma prisma', 'COPY --from=build /app/packages packages', 'COPY --from=build /app .', 'COPY --from=build /app/dist .', 'COPY scripts/ ./scripts/', 'COPY packages/ ./packages/'].map(copy => ({ name: `the install may need it: ${copy}`, code: shipped(copy) })),
    { name: 'one of several copies may be needed, so moving the others gains nothing', code: shipped('COPY --from=build /app/dist dist\nCOPY --from=build /app/packages packages') },
    { name: 'the members of a workspace', code: shipped('COPY src ./src'), files: { 'src/a/package.json': '{}', 'src/a/a.js': '' } },
    ...[{ dependencies: { a: 'file:../lib' } }, { scripts: { postinstall: 'node ../lib/setup.js' } }, { overrides: { a: '../lib/a.tgz' } }].map(manifest => ({
      name: `a manifest that names what lies beside the project: ${JSON.stringify(manifest)}`, code: below('COPY lib ./lib\nCOPY assets/package.json assets/package-lock.json assets/', 'RUN cd assets && npm ci'), files: { ...assets, 'assets/package.json': JSON.stringify(manifest) },
    })),
    ...[{ scripts: { prepare: 'npm run build:vm', 'build:vm': 'webpack' } }, { scripts: { postinstall: 'node server/setup.js' } }].map(manifest => ({
      name: `a hook that runs on install: ${JSON.stringify(manifest)}`, code: below('COPY package.json package-lock.json ./\nCOPY server ./server', 'RUN npm ci'), files: { 'package.json': JSON.stringify(manifest), 'package-lock.json': '{}', 'server/a.js': '', 'server/b.js': '' },
    })),
    { name: 'a hook of another project on the way', code: below('COPY package.json package-lock.json ./\nCOPY server ./server\nCOPY assets/package.json assets/package-lock.json assets/', 'RUN npm ci', 'RUN cd assets && npm ci'), files: { ...assets, 'package.json': '{"scripts":{"prepare":"webpack"}}', 'package-lock.json': '{}', 'server/a.js': '', 'server/b.js': '' } },
    { name: 'a folder of that name in the project itself', code: below('COPY assets/lib assets/lib\nCOPY assets/package.json assets/package-lock.json assets/', 'RUN cd assets && npm ci'), files: { ...assets, 'assets/lib/a.js': '', 'assets/lib/b.js': '' } },
    { name: 'the install needs the sources', code: below('COPY src ./src\nCOPY pyproject.toml ./', 'RUN pip install .') },
    { name: 'a step between reads it', code: shipped('COPY --from=build /app/dist dist\nRUN ls dist') },
    { name: 'a module path is no manifest', code: 'FROM golang:1.10\nADD . /go/src/example.org/tail/\nRUN go get -v example.org/tail\n' },
    { name: 'manifests come with the copy, which is the matter of another rule', code: after('RUN npm ci'), files: { 'package.json': '{}', 'a.js': '' } },
    { name: 'the stage above is an image of its own', code: dockerfile`FROM python:3.13 AS app
                                                                      WORKDIR /app
                                                                      COPY . .
                                                                      CMD ["python", "app.py"]
                                                                      FROM app AS debug
                                                                      RUN apt-get update && apt-get install -y strace` },
    { name: 'a stage for developers on top of the image', code: `FROM python:3.13 AS builder\nCOPY . /app\nFROM builder AS dev-envs\n${install}\n` },
    { name: 'the tools of a copied virtual environment come first', code: built('ENV PATH=/app/venv/bin:$PATH\nCOPY --from=build /app /app\nRUN pip install gunicorn').replace('FROM nginx:1.29', 'FROM python:3.13').replace(/RUN apt-get.*\n/, '') },
    { name: 'two stages are built FROM the one above', code: dockerfile`FROM python:3.13 AS sources
                                                                       COPY . /app
                                                                       FROM sources AS checks
                                                                       RUN apt-get update && apt-get install -y strace
                                                                       FROM sources
                                                                       COPY --from=checks /log /log` },
    { name: 'a stage that is not needed', code: `${after(install)}FROM debian\nRUN true\n` },
    { name: 'a trigger', code: 'FROM python:3.13 AS base\nONBUILD COPY . /app\nONBUILD RUN apt-get update && apt-get install -y curl\nFROM base\nRUN true\n' },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCOPY . /app\nRUN choco install git\n' },
    { name: 'an unknown argument in the path', code: after('ARG DIR', 'RUN apt-get install -y curl && rm -rf $DIR/docs') },
    { name: 'a download into a folder that the build made', code: after('RUN curl -fsSL https://example.org/a.so -o /app/out/a.so') },
    { name: 'the working directory is set below the copy', code: 'FROM debian\nCOPY . /app\nWORKDIR /app\nRUN apt-get update && apt-get install -y wget && wget -O tool https://example.org/tool && chmod +x tool\n' },
    ...['RUN git clone https://example.org/tool /opt/tool', 'RUN curl -fsSLO https://example.org/a/archive/refs/heads/assets.zip', 'RUN wget -P /opt https://example.org/releases/latest/tool'].map(step => ({ name: `follows a branch, so the copy may be meant to renew it: ${step}`, code: after(step) })),
    { name: 'what an unpacked archive is made of', code: below('COPY src ./src\nADD https://example.org/a.zip /a.zip', 'RUN apt-get install -y unzip && cd / && unzip /a.zip') },
  ],
  invalid: [
    { name: 'what the install builds on moves along', code: 'FROM python:3.13-alpine\nWORKDIR /app\nCOPY src/ /app\nRUN apk update\nRUN apk add gcc\n', files: { 'src/a.py': '', 'src/b.py': '' }, findings: [{ at: 'COPY src/ /app', message: /move that RUN, with the RUN of line 4, above line 3\.$/ }], fixed: 'FROM python:3.13-alpine\nWORKDIR /app\nRUN apk update\nRUN apk add gcc\nCOPY src/ /app\n' },
    {
      name: 'point 16: points at the copy, and at the step as related', code: after(install), files: sources, fixed: first('COPY . .', install),
      findings: [{
        at: 'COPY . .', message: '"COPY . ." comes before "RUN apt-get update && apt-get install -y libpq5 &…" (line 4), which needs nothing of it but re-runs whenever any of 4 context files changes; move that RUN above line 3.',
        related: [{ at: install, message: 'needs nothing of it' }],
      }],
    },
    { name: 'the context is not known', code: after(install), findings: [{ at: 'COPY . .', message: /whenever any file it copies changes/ }], fixed: first('COPY . .', install) },
    { name: 'point 8: a manifest is no small settings file', code: below('COPY requirements.txt ./', install), files: sources, findings: [{ at: 'COPY requirements.txt ./', message: /whenever requirements\.txt changes/ }], fixed: first('COPY requirements.txt ./', install) },
    ...['COPY package*.json ./', 'COPY go.mod go.sum ./', 'COPY Gemfile Gemfile.lock ./', 'ADD pyproject.toml uv.lock /src/', 'COPY pom.xml .', 'COPY src ./src', 'COPY target/*.jar /app.jar', 'ARG JAR_FILE\nCOPY ${JAR_FILE} app.jar', 'COPY main.go util.go ./'].map(copy => ({
      name: `changes with the project: ${copy}`, code: below(copy, install), findings: [{ at: copy.split('\n').at(-1)!, message: /apt-get install/ }],
      fixed: copy.startsWith('ARG') ? below(`${copy.split('\n')[0]!}\n${install}\n${copy.split('\n')[1]!}`) : first(copy, install),
    })),
    { name: 'one program', code: below('COPY server.py ./', install), findings: [{ at: 'COPY server.py ./', message: /apt-get/ }], fixed: first('COPY server.py ./', install) },
    {
      name: 'the worst of several copies, and above which of them to move', code: below('COPY package.json package-lock.json ./', 'RUN npm ci', 'COPY . .', 'RUN npm run build', install), files: { 'package.json': '{}', 'package-lock.json': '{}', 'a.js': '' },
      findings: [{ at: 'COPY . .', message: /line 7\).*move that RUN above line 3\.$/ }], fixed: below(install, 'COPY package.json package-lock.json ./', 'RUN npm ci', 'COPY . .', 'RUN npm run build'),
    },
    {
      name: 'several steps', code: after('RUN apk add --no-cache curl', 'RUN addgroup app && adduser -D app', 'RUN apk add --no-cache git'),
      findings: [{ at: 'COPY . .', message: /and 1 more step, which need nothing of it but re-run whenever .*; move them above line 3\.$/, related: [{ at: 'RUN apk add --no-cache curl' }, { at: 'RUN apk add --no-cache git' }] }],
      fixed: below('RUN apk add --no-cache curl', 'RUN apk add --no-cache git', 'COPY . .', 'RUN addgroup app && adduser -D app'),
    },
    ...['RUN npm install -g pnpm@9', 'RUN pip install --upgrade pip', 'RUN gem install bundler', 'RUN curl -fsSL https://example.org/tool -o /usr/local/bin/tool && chmod +x /usr/local/bin/tool', 'RUN curl -fsSL https://deb.nodesource.com/setup_22.x | bash - && apt-get install -y nodejs', 'RUN docker-php-ext-install pdo_mysql', 'RUN cd /tmp && wget https://example.org/a.tgz && tar xzf a.tgz && mv a /opt && rm a.tgz', 'RUN git clone -b v1.2 https://example.org/tool /opt/tool', 'RUN curl -fsSLO https://example.org/tool && chmod +x tool', 'RUN echo "deb https://example.org stable main" > /etc/apt/sources.list.d/a.list && apt-get update && apt-get install -y a'].map(step => ({
      name: `needs no context: ${step}`, code: after(step), findings: [{ at: 'COPY . .', message: /needs nothing of it/ }], fixed: first('COPY . .', step),
    })),
    { name: 'a here-document is quoted by its first command', code: after('RUN <<EOF', 'set -e', 'apt-get update', 'apt-get install -y git', 'EOF'), findings: [{ at: 'COPY . .', message: /comes before "apt-get update" \(line 4\)/ }], fixed: first('COPY . .', 'RUN <<EOF', 'set -e', 'apt-get update', 'apt-get install -y git', 'EOF') },
    { name: 'the working directory is not known', code: 'FROM debian\nCOPY src/ ./app\nRUN apt-get update && apt-get install -y curl\n', findings: [{ at: 'COPY src/ ./app', message: /apt-get/ }], fixed: 'FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY src/ ./app\n' },
    { name: 'point 5: in the only stage built FROM the one with the copy', code: `FROM python:3.13 AS sources\nCOPY . /app\nFROM sources\n${install}\n`, findings: [{ at: 'COPY . /app', message: /line 4/ }], fixed: null },
    ...[['COPY --from=build /app/dist /usr/share/nginx/html', 'npm run build'], ['COPY --from=build /app /app', 'npm run build'], ['COPY --from=build /app/build/libs/app.jar /app.jar', './gradlew build && make'], ['COPY --from=build /out/server /usr/local/bin/server', 'go build -o /out/server .'], ['COPY --from=build /app/out/full/ /app', 'npx turbo prune web --docker']].map(([copy, build]) => ({
      name: `point 5: what a stage built: ${copy!}`, code: built(copy!, build), findings: [{ at: copy!, message: /whenever stage build builds something else; move that RUN above line 8\.$/ }],
      fixed: built('RUN apt-get update && apt-get install -y curl', build).replace(/RUN apt-get.*\n?$/, `${copy!}\n`),
    })),
    { name: 'point 5: above an install whose manifests come by another copy', code: shipped('COPY --from=build /app/dist dist'), findings: [{ at: 'COPY --from=build /app/dist dist', message: /comes before "RUN npm ci --omit=dev" \(line 11\), which needs nothing of it but re-runs whenever stage build builds something else; move it below line 11\.$/ }], fixed: shipped('COPY --from=build /app/dist dist').replace('COPY --from=build /app/dist dist\n', '') + 'COPY --from=build /app/dist dist\n' },
    { name: 'several copies above it', code: shipped('COPY --from=build /app/.next .next\nCOPY public/ ./public/\nCOPY src ./src'), findings: [{ at: 'COPY --from=build /app/.next .next', message: /move it and the COPY of line 11 below line 13\.$/ }], fixed: shipped('COPY public/ ./public/') + 'COPY --from=build /app/.next .next\nCOPY src ./src\n' },
    {
      name: 'folders beside the project of the install, whatever they are called', code: below('COPY priv ./priv\nCOPY lib ./lib\nCOPY assets/package.json assets/package-lock.json assets/', 'RUN cd assets && npm ci'), files: assets,
      findings: [{ at: 'COPY priv ./priv', message: /comes before "RUN cd assets && npm ci" \(line 6\).*move it and the COPY of line 4 below line 6\.$/ }],
      fixed: below('COPY assets/package.json assets/package-lock.json assets/', 'RUN cd assets && npm ci', 'COPY priv ./priv', 'COPY lib ./lib'),
    },
    { name: 'a hook that does not run', code: below('COPY package.json package-lock.json ./\nCOPY server ./server', 'RUN npm ci --ignore-scripts'), files: { 'package.json': '{"scripts":{"prepare":"webpack"}}', 'package-lock.json': '{}', 'server/a.js': '', 'server/b.js': '' }, findings: [{ at: 'COPY server ./server', message: /move it below line 5/ }], fixed: below('COPY package.json package-lock.json ./', 'RUN npm ci --ignore-scripts', 'COPY server ./server') },
    { name: 'sources above it', code: below('COPY package.json package-lock.json ./\nCOPY server ./server', 'RUN npm ci'), files: { 'package.json': '{}', 'package-lock.json': '{}', 'server/a.js': '', 'server/b.js': '' }, findings: [{ at: 'COPY server ./server', message: /any of 2 context files changes; move it below line 5\.$/ }], fixed: below('COPY package.json package-lock.json ./', 'RUN npm ci', 'COPY server ./server') },
    { name: 'point 5: from stage to stage', code: dockerfile`FROM golang:1.25 AS build
                                                          WORKDIR /src
                                                          COPY . .
                                                          RUN go build -o /out/app .
                                                          FROM alpine AS packed
                                                          COPY --from=build /out/app /srv/app
                                                          FROM alpine
                                                          COPY --from=packed /srv/app /srv/app
                                                          RUN apk add --no-cache tini`, findings: [{ at: 'COPY --from=packed /srv/app /srv/app', message: /stage packed/ }],
      fixed: 'FROM golang:1.25 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/app .\nFROM alpine AS packed\nCOPY --from=build /out/app /srv/app\nFROM alpine\nRUN apk add --no-cache tini\nCOPY --from=packed /srv/app /srv/app\n' },
    { name: 'above all copies it needs nothing of', code: 'FROM python:3.13-slim\nWORKDIR /opt/app\nCOPY app.py ./\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nRUN apt-get update && apt-get install -y curl\n', files: { 'app.py': '', 'requirements.txt': 'flask\n' }, findings: [{ at: 'COPY requirements.txt ./', message: /; move that RUN above line 3\.$/ }], fixed: 'FROM python:3.13-slim\nWORKDIR /opt/app\nRUN apt-get update && apt-get install -y curl\nCOPY app.py ./\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\n' },
    { name: 'single sources move along', code: 'FROM golang:1.25\nWORKDIR /src\nCOPY go.mod go.sum ./\nCOPY cmd ./cmd\nCOPY input ./input\nRUN go mod download\nRUN go build -o /app ./cmd\n', files: { 'go.mod': 'module a\nrequire b v1\n', 'go.sum': 'b', 'cmd/main.go': '', 'input/a.go': '', 'input/b.go': '' }, findings: [{ at: 'COPY input ./input', message: /; move it and the COPY of line 4 below line 6\.$/ }], fixed: 'FROM golang:1.25\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY cmd ./cmd\nCOPY input ./input\nRUN go build -o /app ./cmd\n' },
    ...fixes.map(({ name, given, wanted }) => ({ name: `fix: ${name}`, code: given, files: sources, findings: [{ at: /./, message: /needs? nothing of it/ }], fixed: wanted })),
    ...obstacles.map(([name, , ...lines]) => ({ name: `no fix: ${name}`, code: below(...lines as [string, ...string[]]), files: sources, findings: [{ at: /./, message: /needs? nothing of it/ }], fixed: null })),
  ],
})

test('one copy above an install and above packages is one finding, which shows both', () => {
  const findings = lint(inputOf({ code: after(install, 'RUN pip install -r requirements.txt'), files: sources }), [activeRule(rule), activeRule(beforeInstall)])
  expect(findings).toHaveLength(1)
  expect(findings[0]!.related.map(({ message }) => message).join('\n')).toMatch(/needs nothing of it[^]*dependencies are installed here|dependencies are installed here[^]*needs nothing of it/)
})

test.each(obstacles)('says why there is no fix: %s', (_, reason, ...lines) => {
  const [finding] = lint(inputOf({ code: below(...lines as [string, ...string[]]), files: sources }), [activeRule(rule)])
  expect(finding?.noFix).toBe(reason)
})
test('says what a fix assumes', () => {
  const [finding] = lint(inputOf({ code: below('COPY . .', 'RUN npm ci', 'RUN npm run build', install), files: sources }), [activeRule(rule)])
  expect(finding?.fix).toMatchObject({ title: 'Move the RUN above "COPY . ."', assumes: '"RUN apt-get update && apt-get install -…" neither reads nor replaces anything that "COPY . ." brings, and "RUN npm ci" and "RUN npm run build" work the same after it' })
})
