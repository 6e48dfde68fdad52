// Random Dockerfiles for properties: hostile text that no one would write, and plausible text that reaches deep into the engine.
import fc from 'fast-check'

const names = fc.constantFrom('app', 'build', 'base', 'deps', 'final')
const images = fc.constantFrom('node:22', 'alpine', 'python:3.12-slim', 'scratch', 'ghcr.io/acme/tool:1@sha256:00', '$BASE', '${BASE:-debian}', 'reg:5000/a/b')
const paths = fc.constantFrom('.', './', 'src', 'src/', 'package.json', 'package*.json', '/app', '/app/', '"a b"', '$DIR/x', '${DIR}', '../x', '*', '**/*.go', '--x', '[')
const commands = fc.constantFrom(
  'npm ci', 'npm install', 'apt-get update', 'apt-get install -y curl', 'apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*',
  'pip install -r requirements.txt', 'go build ./...', 'cargo build --release', 'chown -R app /app', 'rm -rf /tmp/x', 'curl -fsSL https://x.test/a.tgz | tar xz',
  'echo "$COMMIT" > /v', 'for f in *; do echo $f; done', "sh -c 'make'", 'echo "unclosed', 'a && (b; c) || d', 'cat <<X\nx\nX', 'date', 'true # no comment', '')
const assignments = fc.constantFrom('A=1', 'COMMIT', 'COMMIT=$(date)', 'PATH=/x:$PATH', 'A="b c" D=e', 'A b c', 'A=${A:-${B}}', 'NODE_ENV=production', 'SOURCE_DATE_EPOCH')
const flags = fc.constantFrom('', '', '', '--from=build ', '--from=0 ', '--link ', '--chown=app:app ', '--chmod=755 ', '--parents --exclude=*.md ', '--checksum=sha256:00 ')
const mounts = fc.constantFrom('', '', '', '--mount=type=cache,target=/root/.npm ', '--mount=type=bind,target=. ', '--mount=type=cache,id=a,sharing=locked,target=/c,from=build,source=/x ', '--mount=type=secret,id=t,env=T ', '--network=none ')

const copy = fc.tuple(fc.constantFrom('COPY ', 'ADD ', 'copy '), flags, fc.array(paths, { minLength: 1, maxLength: 3 }), paths).map(([keyword, flag, from, to]) => `${keyword}${flag}${[...from, to].join(' ')}`)
const run = fc.tuple(mounts, commands, commands).map(([mount, first, second]) => `RUN ${mount}${first} && \\\n    ${second}`)
const heredoc = fc.tuple(fc.constantFrom('<<EOF', "<<'EOF'", '<<-EOF', '<<"EOF" sh'), fc.array(commands, { maxLength: 3 })).map(([start, body]) => `RUN ${start}\n${body.join('\n')}\nEOF`)
const comments = fc.constantFrom('', '# note', '#', '# cachemiss ignore=merge-consecutive-run -- why', '# cachemiss ignore-file=x,y', '# cachemiss ignore=', '# hadolint ignore=DL3059', '# hadolint global ignore=DL3008,SC1', '# check=skip=all', '# check=skip=A,B;error=true')
const instruction = fc.oneof(
  { weight: 3, arbitrary: copy }, { weight: 3, arbitrary: run }, heredoc,
  commands.map(command => `RUN ${command}`), fc.constant('RUN ["npm", "ci"]'), fc.constant('RUN ["a",'),
  paths.map(path => `WORKDIR ${path}`), assignments.map(text => `ENV ${text}`), assignments.map(text => `ARG ${text}`),
  fc.constantFrom('USER app', 'SHELL ["/bin/bash", "-c"]', 'LABEL a=b', 'CMD ["x"]', 'EXPOSE 80', 'ENTRYPOINT x', 'VOLUME /data', 'HEALTHCHECK NONE', 'ONBUILD COPY . /app', 'ONBUILD RUN npm ci', 'MAINTAINER me'),
)
const from = fc.tuple(fc.oneof(images, names), fc.option(names)).map(([image, name]) => `FROM ${image}${name === null ? '' : ` AS ${name}`}`)
const stage = fc.tuple(from, fc.array(fc.oneof({ weight: 4, arbitrary: instruction }, comments), { maxLength: 8 })).map(([first, rest]) => [first, ...rest].join('\n'))
const head = fc.constantFrom('', '', '# syntax=docker/dockerfile:1\n', '# escape=`\n', '# check=skip=CopyIgnoredFile\n', 'ARG BASE=node:22\n', '\uFEFF# note\n')

/** Instructions that occur in real files, in any order, mostly but not always acceptable to BuildKit. */
export const plausibleDockerfile: fc.Arbitrary<string> = fc
  .tuple(head, fc.array(stage, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.boolean())
  .map(([top, stages, crlf, ended]) => `${top}${stages.join('\n\n')}${ended ? '\n' : ''}`.replace(/\n/g, crlf ? '\r\n' : '\n'))

const fragment = fc.constantFrom('FROM ', 'RUN ', 'COPY ', 'ONBUILD ', 'ARG ', 'ENV ', '\n', '\r\n', '\r', '\\', '\\\n', '`', '<<', '<<-', 'EOF', '"', "'", '[', ']', '{', '${', '}', '$', '$(', '#', '# ', '--', '--mount=', '=', ',', '\t', '\0', '\uFEFF', '\u2028', '\uD800', 'é', '😀', '# escape=`\n', '# cachemiss ignore=', '# check=')

/** Anything at all: no text may make the engine throw. */
export const hostileDockerfile: fc.Arbitrary<string> = fc.oneof(
  fc.array(fragment, { maxLength: 60 }).map(parts => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.tuple(plausibleDockerfile, fc.nat(), fc.nat(), fragment).map(([text, at, length, text2]) => {
    const start = at % (text.length + 1)
    return text.slice(0, start) + text2 + text.slice(start + (length % 20))
  }),
)

export const anyDockerfile: fc.Arbitrary<string> = fc.oneof(plausibleDockerfile, hostileDockerfile)
