// Random projects for properties of fixes: Dockerfiles as people write them, with what rules find in them, and the files beside them.
import fc from 'fast-check'
import type { File } from './input.ts'

export interface Project { readonly code: string; readonly files: Readonly<Record<string, File>>; readonly ignore?: string }

const pick = fc.constantFrom
const apt = pick('apt-get install -y', 'apt-get install -y --no-install-recommends', 'apt-get -y install', 'sudo apt-get install -y', 'apt install -y', 'apt-get install -qy')
const packages = pick('curl', 'git', 'build-essential', 'python3 python3-pip', 'ca-certificates gnupg', 'libpq-dev', 'curl=7.88.1-10', 'jq unzip')
const aptEnd = pick('', '', ' && rm -rf /var/lib/apt/lists/*', ' && apt-get clean', ' && apt-get clean && rm -rf /var/lib/apt/lists/* /tmp/*', '; rm -rf /var/lib/apt/lists/*')
/** A chain of commands on one line or on several, in the styles people use. */
const chained = (commands: fc.Arbitrary<readonly string[]>): fc.Arbitrary<string> => fc.tuple(commands, pick(' && ', ' \\\n && ', ' && \\\n    ', ' \\\n    && ', '; \\\n    ', ' \\\n    # then\n    && ', ' && \\\n\t')).map(([all, glue]) => `RUN ${glue.startsWith(';') ? 'set -eux; \\\n    ' : ''}${all.join(glue)}`)
const aptRun = fc.tuple(apt, packages, aptEnd, pick(true, true, true, false)).chain(([install, names, end, updates]) =>
  chained(fc.constant([...updates ? [`${install.startsWith('sudo') ? 'sudo ' : ''}apt-get update`] : [], `${install} ${names}`, ...end.split(/ && |; /).filter(Boolean)])))
const listed = fc.tuple(fc.uniqueArray(pick('curl', 'git', 'wget', 'jq', 'vim', 'gcc', 'make'), { minLength: 2, maxLength: 5 }), fc.boolean()).map(([names, ends]) =>
  `RUN apt-get update && apt-get install -y \\\n${names.map(name => `    ${name}`).join(' \\\n')}${ends ? ' \\\n    && rm -rf /var/lib/apt/lists/*' : ''}`)
const system = fc.oneof(aptRun, aptRun, listed, pick(
  'RUN apt-get update', 'RUN apt-get upgrade -y', 'RUN apt-get update && apt-get dist-upgrade -y', 'RUN apk add --no-cache curl', 'RUN apk add curl git', 'RUN apk update && apk add make', 'RUN yum install -y gcc', 'RUN dnf install -y git && dnf clean all',
  'RUN rm -rf /var/lib/apt/lists/*', 'RUN apt-get clean', 'RUN useradd -m app', 'RUN useradd -u 1000000001 app', 'RUN groupadd -r app && useradd -r -g app app', 'RUN mkdir -p /app/data', 'RUN true', 'RUN echo done', 'RUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y curl',
  'RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y git', 'RUN <<EOF\nset -e\napt-get update\napt-get install -y curl\nEOF', "RUN <<-'EOF'\n\tapt-get update\n\tapt-get install -y git\n\tEOF"))
const fetches = pick(
  'RUN curl -fsSL https://example.com/tool.tar.gz | tar -xz -C /opt', 'RUN curl -fsSLO https://example.com/tool-1.2.tar.gz && tar -xzf tool-1.2.tar.gz && mv tool /usr/local/bin/', 'RUN wget -q https://example.com/a.zip && \\\n    unzip a.zip -d /opt', 'ADD https://example.com/tool /usr/local/bin/tool\nRUN chmod +x /usr/local/bin/tool',
  'RUN curl -o /tmp/x.sh https://example.com/install.sh && sh /tmp/x.sh', 'RUN git clone https://github.com/acme/tool.git /opt/tool', 'RUN git clone --depth 1 -b v1.2.0 https://github.com/acme/tool /opt/tool && cd /opt/tool && make install', 'RUN pip install awscli', 'RUN npm install -g pnpm', 'RUN wget https://example.com/big.tar.gz\nRUN tar xf big.tar.gz\nRUN rm big.tar.gz')
const node = fc.oneof(
  pick('COPY package.json package-lock.json ./', 'COPY package*.json ./', 'COPY package.json .', 'COPY package.json yarn.lock ./', 'COPY package-lock.json package.json /app/', 'ADD package.json ./'),
  pick('RUN npm ci', 'RUN npm install', 'RUN npm ci --omit=dev', 'RUN yarn install --frozen-lockfile', 'RUN yarn', 'RUN corepack enable && pnpm install --frozen-lockfile', 'RUN npm ci && npm run build', 'RUN npm install && npm run build && npm prune --production', 'RUN npm ci && npm cache clean --force',
    'RUN --mount=type=cache,target=/root/.npm npm ci', 'RUN --mount=type=cache,target=/root/.cache npm ci', 'RUN npm ci \\\n    && npm run build \\\n    && rm -rf node_modules/.cache'),
  pick('COPY . .', 'COPY . /app', 'ADD . .', 'COPY src ./src', 'COPY src/ src/', 'COPY --chown=node:node . .', 'COPY tsconfig.json ./'), pick('RUN npm run build', 'RUN yarn build', 'RUN npm test', 'RUN npm run lint && npm run build', 'RUN npx tsc'))
const python = fc.oneof(
  pick('COPY requirements.txt .', 'COPY requirements.txt /app/', 'COPY pyproject.toml poetry.lock ./', 'COPY pyproject.toml uv.lock ./', 'ADD requirements.txt /tmp/'),
  pick('RUN pip install -r requirements.txt', 'RUN pip install --no-cache-dir -r requirements.txt', 'RUN pip install --upgrade pip && pip install -r requirements.txt', 'RUN pip install flask gunicorn', 'RUN pip install poetry && poetry install --no-root', 'RUN uv sync --frozen --no-install-project', 'RUN uv sync --locked', 'RUN python -m venv /venv && /venv/bin/pip install -r requirements.txt', 'RUN pip install -r /tmp/requirements.txt \\\n    && pip check', 'RUN pip install .'),
  pick('COPY . .', 'COPY . /app', 'COPY app/ /app/app/', 'COPY manage.py ./'), pick('RUN python manage.py collectstatic --noinput', 'RUN python -m compileall app', 'ENV PYTHONUNBUFFERED=1', 'ENV PIP_NO_CACHE_DIR=1'))
const go = fc.oneof(pick('COPY go.mod go.sum ./', 'COPY go.mod .\nCOPY go.sum .', 'COPY go.* ./'), pick('RUN go mod download', 'RUN go mod download && go mod verify', 'RUN --mount=type=cache,target=/go/pkg/mod go mod download'), pick('COPY . .', 'COPY cmd ./cmd', 'COPY *.go ./'),
  pick('RUN go build -o /app ./cmd/app', 'RUN CGO_ENABLED=0 go build -ldflags "-s -w" -o /bin/app .', 'RUN go build ./... && go test ./...', 'RUN --mount=type=cache,target=/root/.cache/go-build go build -o /app .'))
const others = pick('COPY Cargo.toml Cargo.lock ./', 'RUN cargo build --release', 'COPY pom.xml .', 'RUN mvn dependency:go-offline', 'RUN mvn -q package -DskipTests', 'COPY build.gradle settings.gradle gradlew ./', 'RUN ./gradlew build', 'COPY Gemfile Gemfile.lock ./', 'RUN bundle install', 'COPY composer.json composer.lock ./', 'RUN composer install --no-dev', 'COPY . .', 'COPY src src', 'RUN make', 'RUN make install', 'RUN dotnet restore', 'RUN dotnet publish -c Release -o /out')
const settings = pick('WORKDIR /app', 'WORKDIR /app', 'WORKDIR src', 'ENV NODE_ENV=production', 'ENV A=1 \\\n    B=2', 'ENV PATH=/opt/bin:$PATH', 'ARG VERSION', 'ARG VERSION=1.0', 'ARG GIT_COMMIT\nENV GIT_COMMIT=$GIT_COMMIT', 'ARG BUILD_DATE\nLABEL date=$BUILD_DATE', 'ARG CACHEBUST=1', 'ARG TARGETARCH', 'ARG HTTP_PROXY', 'ENV API_TOKEN=abc', 'ARG NPM_TOKEN', 'USER node', 'USER app', 'USER root', 'EXPOSE 8080', 'LABEL maintainer="me"',
  'SHELL ["/bin/bash", "-o", "pipefail", "-c"]', 'VOLUME /data', 'HEALTHCHECK CMD curl -f http://localhost/ || exit 1', 'ENV DEBIAN_FRONTEND=noninteractive', 'ONBUILD COPY . /app', 'STOPSIGNAL SIGTERM')
const owners = pick('RUN chown -R node:node /app', 'RUN chmod +x entrypoint.sh', 'COPY entrypoint.sh /entrypoint.sh\nRUN chmod +x /entrypoint.sh', 'COPY entrypoint.sh /usr/local/bin/\nRUN chmod 755 /usr/local/bin/entrypoint.sh', 'RUN chmod -R 755 /app', 'COPY --chown=app:app . /app', 'RUN rm -rf /app/docs', 'COPY vendor.tar.gz /tmp/\nRUN tar xzf /tmp/vendor.tar.gz -C /opt && rm /tmp/vendor.tar.gz', 'RUN chown -R app /app && chmod 700 /app')
const ends = pick('CMD ["node", "server.js"]', 'CMD npm start', 'ENTRYPOINT ["/entrypoint.sh"]', 'CMD ["python", "app.py"]', 'ENTRYPOINT ["/app"]\nCMD ["--help"]', '')
const images = pick('node:22', 'node:22-slim', 'node', 'node:latest', 'python:3.12-slim', 'python:3.8', 'golang:1.25', 'golang:1.25 AS build', 'debian:bookworm-slim', 'debian:jessie', 'ubuntu:24.04', 'ubuntu', 'alpine:3.20', 'rust:1', 'maven:3.9-eclipse-temurin-21', 'ruby:3.3', 'php:8.3-cli', '--platform=$BUILDPLATFORM golang:1.25', 'centos:7', '$BASE', 'mcr.microsoft.com/dotnet/sdk:8.0')
const remarks = pick('# install what is needed', '#', '# cachemiss ignore=merge-consecutive-run -- on purpose', '  # indented', '# a\n# b', '# hadolint ignore=DL3008', '# TODO: split this')

const body = (own: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> => fc.array(fc.oneof({ weight: 5, arbitrary: own }, { weight: 3, arbitrary: system }, { weight: 2, arbitrary: settings }, fetches, owners, remarks, { weight: 1, arbitrary: fc.constant('') }), { minLength: 2, maxLength: 10 })
const orderly: fc.Arbitrary<readonly string[]> = pick(
  ['WORKDIR /app', 'COPY . .', 'RUN npm ci', 'RUN npm run build'], ['WORKDIR /app', 'COPY package*.json ./', 'RUN npm install', 'COPY . .', 'RUN npm run build'], ['WORKDIR /src', 'COPY . .', 'RUN go build -o /app .'], ['COPY . /app', 'WORKDIR /app', 'RUN pip install -r requirements.txt'],
  ['WORKDIR /app', 'COPY requirements.txt .', 'RUN pip install -r requirements.txt', 'COPY . .'], ['ARG COMMIT', 'ENV COMMIT=$COMMIT', 'RUN apt-get update && apt-get install -y git', 'WORKDIR /app', 'COPY . .', 'RUN npm ci'], ['WORKDIR /app', 'ADD . /app', 'RUN mvn package'], ['WORKDIR /app', 'COPY . .', 'RUN cargo build --release'])
const inserted = fc.tuple(orderly, fc.array(fc.tuple(fc.nat(), fc.oneof(system, settings, fetches, owners, remarks)), { maxLength: 4 })).map(([lines, more]) => more.reduce<readonly string[]>((all, [at, line]) => all.toSpliced(at % (all.length + 1), 0, line), lines))
const stage = fc.tuple(images, fc.oneof({ weight: 2, arbitrary: inserted }, body(node), body(node), body(python), body(go), body(others)), pick(true, true, false)).map(([image, lines, spaced]) => ({ image, lines, spaced }))
const later = pick('COPY --from=s0 /app /app', 'COPY --from=s0 /app/dist ./dist', 'COPY --from=s0 /app/node_modules ./node_modules\nCOPY --from=s0 /app/dist ./dist', 'COPY --from=0 /out /srv', 'COPY --from=build /app /usr/local/bin/', 'COPY --link --from=s0 /bin/app /bin/app')
const head = pick('', '', '', '# syntax=docker/dockerfile:1\n', '# syntax=docker/dockerfile:1.3\n', '# Builds the app.\n\n', 'ARG BASE=node:22\n', '# syntax=docker/dockerfile:1\n# check=skip=JSONArgsRecommended\n\n', 'ARG BASE=debian:12\nARG VERSION=2\n')

const code = fc.tuple(head, fc.array(stage, { minLength: 1, maxLength: 3 }), fc.array(later, { maxLength: 2 }), ends, fc.record({ crlf: pick(false, false, false, true), bom: pick(false, false, false, false, true), ended: pick(true, true, false), lower: pick(false, false, false, false, true), backtick: pick(...Array.from({ length: 15 }, () => false), true) }))
  .map(([top, stages, copies, end, { crlf, bom, ended, lower, backtick }]) => {
    const blocks = stages.map(({ image, lines, spaced }, index) => [`FROM ${image.replace(/ AS .*/, '')}${index < stages.length - 1 || / AS /.test(image) ? ` AS ${index === 0 && / AS /.test(image) ? 'build' : `s${index}`}` : ''}`, ...spaced ? [] : [''], ...lines, ...index > 0 && index === stages.length - 1 ? copies : []].join('\n'))
    const plain = `${top}${blocks.join('\n\n')}${end === '' ? '' : `\n${end}`}${ended ? '\n' : ''}`
    const cased = lower ? plain.replace(/^(?:FROM|RUN|COPY|WORKDIR|ENV|ARG)\b/gm, keyword => keyword.toLowerCase()) : plain
    const escaped = backtick && top === '' ? `# escape=\`\n${cased.replace(/\\\n/g, '`\n')}` : cased
    return `${bom ? '\uFEFF' : ''}${crlf ? escaped.replace(/\n/g, '\r\n') : escaped}`
  })

const manifest = JSON.stringify({ name: 'a', scripts: { build: 'tsc', start: 'node server.js' }, dependencies: { express: '5.0.0' }, devDependencies: { typescript: '5.0.0' } }, null, 2)
const lock = JSON.stringify({ name: 'a', lockfileVersion: 3, packages: { '': { name: 'a', dependencies: { express: '5.0.0' }, devDependencies: { typescript: '5.0.0' } }, 'node_modules/express': { version: '5.0.0' }, 'node_modules/typescript': { version: '5.0.0', dev: true } } })
const all: Readonly<Record<string, File>> = {
  'package.json': manifest, 'package-lock.json': lock, 'yarn.lock': '# yarn lockfile v1\n', 'tsconfig.json': '{}', 'server.js': '', 'src/index.ts': '', 'src/app.ts': '', 'README.md': '', '.git/HEAD': 'ref: refs/heads/main\n', '.gitignore': 'node_modules\n.env\n*.log\ndist\n', '.env': 'API_KEY=1\n', '.env.example': 'API_KEY=\n',
  'node_modules/express/index.js': '', 'requirements.txt': 'flask==3.0\n', 'pyproject.toml': '[project]\nname = "a"\n', 'poetry.lock': '', 'uv.lock': '', 'app/__init__.py': '', 'app/main.py': '', 'app.py': '', 'manage.py': '', 'go.mod': 'module a\n', 'go.sum': '', 'main.go': 'package main\n', 'cmd/app/main.go': 'package main\n', 'Cargo.toml': '[package]\nname = "a"\n', 'Cargo.lock': '',
  'src/main.rs': '', 'pom.xml': '<project/>', 'entrypoint.sh': { content: '#!/bin/sh\n', mode: 0o755 }, 'vendor.tar.gz': { size: 900 }, 'compose.yaml': '', '.github/workflows/ci.yml': '', 'Makefile': 'all:\n', 'debug.log': { size: 20_000_000 }, 'Dockerfile.dev': 'FROM node:22\nCOPY . .\nCMD npm run dev\n', 'web/package.json': manifest, 'Gemfile': '', 'Gemfile.lock': '', 'composer.json': '{"require":{"a/b":"1"}}', 'composer.lock': '',
}
const groups = [['package.json', 'package-lock.json', 'tsconfig.json', 'server.js', 'src/index.ts', 'src/app.ts'], ['requirements.txt', 'app.py', 'app/__init__.py', 'app/main.py', 'manage.py'], ['go.mod', 'go.sum', 'main.go', 'cmd/app/main.go'], ['Cargo.toml', 'Cargo.lock', 'src/main.rs'], ['.git/HEAD', '.gitignore'], Object.keys(all)]
const files = fc.tuple(fc.subarray(groups, { minLength: 1 }), fc.subarray(Object.keys(all))).map(([sets, more]) => Object.fromEntries([...new Set([...sets.flat(), ...more])].map(path => [path, all[path]!])))
const ignores = pick(undefined, undefined, '', '.git\nnode_modules\n', 'node_modules', '*\n!src\n!package*.json\n!requirements.txt\n', '# deps\r\nnode_modules\r\n', '!README.md\n*.md\n', 'node_modules # made here\ndist\n', '# One\nnode_modules\n\n# Two\n.env\n', '.git\nDockerfile\n.dockerignore\n', '"dist"\n.\n../x\n  # note\n')

/** Most are accepted by BuildKit; few are free of findings. */
export const project: fc.Arbitrary<Project> = fc.tuple(code, files, ignores).map(([text, context, ignore]) => ({ code: text, files: context, ...ignore !== undefined && { ignore } }))
