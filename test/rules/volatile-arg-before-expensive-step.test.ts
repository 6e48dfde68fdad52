import { expect, test } from 'vitest'
import rule from '../../rules/volatile-arg-before-expensive-step.ts'
import { lint } from '../../src/lint.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { activeRule, inputOf } from '../support/input.ts'
import { ruleTester } from '../support/rule-tester.ts'

const install = 'RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*'
const early = (argument: string, rest: string = install): string => `FROM debian:bookworm-slim\nARG ${argument}\n${rest}\n`
/** These lines in this order. */
const late = (...lines: readonly string[]): string => `FROM debian:bookworm-slim\n${lines.join('\n')}\n`

const fixes: readonly (readonly [name: string, given: string, wanted: string])[] = [
  ['the label goes along', late('ARG GIT_COMMIT', 'LABEL revision=$GIT_COMMIT name=a', install, 'CMD ["a"]'), late(install, 'ARG GIT_COMMIT', 'LABEL revision=$GIT_COMMIT name=a', 'CMD ["a"]')],
  ['an argument made from it goes along', late('ARG GIT_COMMIT', 'ARG TAG=v-${GIT_COMMIT}', install, 'RUN make TAG=$TAG'), late(install, 'ARG GIT_COMMIT', 'ARG TAG=v-${GIT_COMMIT}', 'RUN make TAG=$TAG')],
  ['commands are not expanded by the frontend', late('ARG GIT_COMMIT', 'HEALTHCHECK CMD echo $GIT_COMMIT', install, 'CMD echo $GIT_COMMIT'), late('HEALTHCHECK CMD echo $GIT_COMMIT', install, 'ARG GIT_COMMIT', 'CMD echo $GIT_COMMIT')],
  ['one of several variables', late('ARG VERSION=1 GIT_COMMIT', `${install} && echo $VERSION`, 'LABEL revision=$GIT_COMMIT'), late('ARG VERSION=1', `${install} && echo $VERSION`, 'ARG GIT_COMMIT', 'LABEL revision=$GIT_COMMIT')],
  ['the first of several variables, over several lines', late('ARG GIT_COMMIT="none" \\', '    VERSION=1', `${install} && echo $VERSION`, 'RUN make $GIT_COMMIT'), late('ARG VERSION=1', `${install} && echo $VERSION`, 'ARG GIT_COMMIT="none"', 'RUN make $GIT_COMMIT')],
  ['several variables of which nothing is used above', late('ARG VERSION GIT_COMMIT', install, 'RUN make $VERSION $GIT_COMMIT'), late(install, 'ARG VERSION GIT_COMMIT', 'RUN make $VERSION $GIT_COMMIT')],
  ['above what may read it', late('ARG GIT_COMMIT', install, 'COPY . .', 'RUN ./build.sh', 'LABEL a=$GIT_COMMIT'), late(install, 'COPY . .', 'ARG GIT_COMMIT', 'RUN ./build.sh', 'LABEL a=$GIT_COMMIT')],
  ['paragraphs and comments', late('', '# which commit', 'ARG GIT_COMMIT', '', install, '', '# build it', 'RUN make $GIT_COMMIT'), late('', install, '', '# build it', '# which commit', 'ARG GIT_COMMIT', 'RUN make $GIT_COMMIT')],
  ['a comment for linters stays with its instruction', late('ARG GIT_COMMIT', install, '# hadolint ignore=DL3059', 'RUN make $GIT_COMMIT'), late(install, 'ARG GIT_COMMIT', '# hadolint ignore=DL3059', 'RUN make $GIT_COMMIT')],
  ['a comment that heads others stays with them', late('# set by CI', 'ARG GIT_COMMIT', 'ARG VERSION', `${install} && echo $VERSION`, 'RUN make $GIT_COMMIT'), late('# set by CI', 'ARG VERSION', `${install} && echo $VERSION`, 'ARG GIT_COMMIT', 'RUN make $GIT_COMMIT')],
  ['a paragraph below the last step', late('', 'ARG GIT_COMMIT', 'LABEL revision=$GIT_COMMIT', '', install, '', 'CMD ["a"]'), late('', install, '', 'ARG GIT_COMMIT', 'LABEL revision=$GIT_COMMIT', '', 'CMD ["a"]')],
  ['line ends', `FROM debian\r\nARG GIT_COMMIT\r\n${install}\r\nRUN make $GIT_COMMIT\r\n`, `FROM debian\r\n${install}\r\nARG GIT_COMMIT\r\nRUN make $GIT_COMMIT\r\n`],
  ['no line end at the end', `FROM debian\nARG GIT_COMMIT\n${install}`, `FROM debian\n${install}\nARG GIT_COMMIT`],
  ['lower case, indented', `from debian\n  arg VERSION=1 GIT_COMMIT\n  ${install.replace('RUN', 'run')} && echo $VERSION\n  run make $GIT_COMMIT\n`, `from debian\n  arg VERSION=1\n  ${install.replace('RUN', 'run')} && echo $VERSION\n  arg GIT_COMMIT\n  run make $GIT_COMMIT\n`],
  ['one stage of several', `${late('ARG GIT_COMMIT', install)}FROM alpine\nARG GIT_COMMIT\nLABEL a=$GIT_COMMIT\nCOPY --from=0 /a /a\n`, `${late(install, 'ARG GIT_COMMIT')}FROM alpine\nARG GIT_COMMIT\nLABEL a=$GIT_COMMIT\nCOPY --from=0 /a /a\n`],
]

const obstacles: readonly (readonly [name: string, reason: string, ...lines: readonly string[]])[] = [
  ['a date for tools', 'the installs may read SOURCE_DATE_EPOCH', 'ARG BUILD_DATE', 'ARG SOURCE_DATE_EPOCH=$BUILD_DATE', install, 'RUN make'],
  ['an option of the installer', 'the installs may read PIP_CLIENT', 'ARG GIT_COMMIT', 'ARG PIP_CLIENT=$GIT_COMMIT', 'RUN pip install flask'],
  ['declared again below', 'line 4 declares it again', 'ARG GIT_COMMIT', install, 'ARG GIT_COMMIT', 'RUN make'],
  ['a label with a variable that changes in between', 'line 5 sets VERSION again', 'ARG GIT_COMMIT', 'ARG VERSION=1', 'LABEL a=$GIT_COMMIT b=$VERSION', 'ENV VERSION=2', install],
  ['the same label in between', 'line 4 sets the same label as "LABEL revision=$GIT_COMMIT"', 'ARG GIT_COMMIT', 'LABEL revision=$GIT_COMMIT', 'LABEL revision="none"', install],
  ['the user is made from it', 'line 3 needs GIT_COMMIT', 'ARG GIT_COMMIT', 'USER app-$GIT_COMMIT', install],
  ['another that is used above', '"ARG BUILD_ID" (line 2) stays above and changes as often', 'ARG BUILD_ID', 'ARG GIT_COMMIT', 'RUN echo $BUILD_ID > /id', install],
  ['another that an ENV carries on', '"ARG BUILD_ID" (line 3) stays above and changes as often', 'ARG GIT_COMMIT', 'ARG BUILD_ID', 'ENV ID=$BUILD_ID', install],
  ['a comment among the variables', 'a comment stands between the variables of one instruction', 'ARG VERSION=1 \\', '# which commit', '    GIT_COMMIT', `${install} && echo $VERSION`],
]

ruleTester(rule, {
  valid: [
    { name: 'declared last', code: `FROM debian:bookworm-slim\n${install}\nARG GIT_COMMIT\nLABEL revision=$GIT_COMMIT\n` },
    { name: 'only before FROM', code: `ARG GIT_COMMIT\nFROM debian:bookworm-slim\n${install}\n` },
    ...['NODE_VERSION', 'VERSION=1.2', 'TINI_SHA256=abc', 'JAVA_SHA', 'DOWNLOAD_CHECKSUM', 'COMMON_SCRIPT_SHA', 'BUILD_PACKAGES', 'BUILD_TYPE=Release', 'TARGETARCH', 'http_proxy', 'HTTPS_PROXY', 'CREATED_BY'].map(name => ({ name: `not volatile: ${name}`, code: early(name) })),
    ...['GIT_COMMIT=0a1b2c3d4e5f', 'REVISION=v1.4.2', 'COMMIT=refs/tags/v2'].map(text => ({ name: `the default pins it: ${text}`, code: early(text) })),
    { name: 'there to defeat the cache, which is the matter of another rule', code: early('CACHEBUST=1') },
    { name: 'ENV is made from it, which is the matter of another rule', code: early('BUILD_DATE', `ENV BUILT=$BUILD_DATE\n${install}`) },
    { name: 'the install uses it', code: early('GIT_COMMIT', 'RUN apt-get update && apt-get install -y curl && echo $GIT_COMMIT > /version') },
    { name: 'through another variable', code: early('GIT_COMMIT', 'ENV VERSION=1.0-$GIT_COMMIT\nRUN apt-get update && apt-get install -y tool=$VERSION') },
    { name: 'an earlier step uses it, so all below runs anyway', code: early('GIT_COMMIT', `RUN echo $GIT_COMMIT > /version\n${install}`) },
    { name: 'a copy uses it', code: early('BUILD_ID', `COPY dist-$BUILD_ID /dist\n${install}`) },
    ...['make', './build.sh', 'go build ./...', 'npm run build', 'pip install .', 'if ; then'].map(command => ({ name: `a step that may read the environment: ${command}`, code: early('GIT_COMMIT', `RUN ${command}\n${install}`) })),
    { name: 'a step that may read it, mixed with an install', code: early('GIT_COMMIT', 'RUN apt-get update && apt-get install -y curl && make') },
    { name: 'a clone whose revision is checked out below', code: early('GIT_COMMIT', 'RUN apt-get update && apt-get install -y git && git clone https://example.org/a /a\nRUN cd /a && git checkout $GIT_COMMIT') },
    { name: 'nothing costly below', code: early('GIT_COMMIT', 'RUN mkdir /a\nLABEL revision=$GIT_COMMIT') },
    { name: 'a stage that is not needed', code: `FROM debian AS unused\nARG GIT_COMMIT\n${install}\nFROM debian\nRUN true\n` },
    { name: 'a here-document uses it', code: dockerfile`FROM debian
                                                       ARG GIT_COMMIT
                                                       RUN <<EOF
                                                       apt-get update && apt-get install -y curl
                                                       echo \${GIT_COMMIT}
                                                       EOF` },
  ],
  invalid: [
    {
      name: 'several above one install have to move together',
      code: 'FROM debian:bookworm-slim\nARG BUILD_DATE\nARG GIT_COMMIT\nRUN apt-get update && apt-get install -y curl\nLABEL a=$GIT_COMMIT b=$BUILD_DATE\n',
      findings: [{ at: 'ARG BUILD_DATE', message: /move it and the ARG of line 3 below that RUN\.$/ }],
      fixed: 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y curl\nARG BUILD_DATE\nARG GIT_COMMIT\nLABEL a=$GIT_COMMIT b=$BUILD_DATE\n',
    },
    {
      code: early('GIT_COMMIT', `${install}\nLABEL revision=$GIT_COMMIT`),
      findings: [{
        at: 'ARG GIT_COMMIT', message: /^"ARG GIT_COMMIT" comes before "RUN apt-get update && apt-get install -…" \(line 3\), which does not use GIT_COMMIT but re-runs whenever its value changes; move it below that RUN\.$/,
        related: [{ at: install, message: /every new GIT_COMMIT/ }],
      }],
      fixed: late(install, 'ARG GIT_COMMIT', 'LABEL revision=$GIT_COMMIT'),
    },
    ...['COMMIT_SHA', 'BUILD_DATE', 'BUILD_NUMBER=0', 'VCS_REF=unknown', 'REVISION', 'CI_PIPELINE_ID', 'build_timestamp', 'GITHUB_SHA', 'gitCommit', 'CREATED', 'IMAGE_CREATED_AT', 'BUILT_AT', 'GIT_COMMIT_TAGS'].map(name => ({
      name: `volatile by name: ${name}`, code: early(name), findings: [{ at: `ARG ${name}`, message: /apt-get install/ }], fixed: late(install, `ARG ${name}`),
    })),
    {
      name: 'what fills a label of the commit or the time', code: late('ARG VERSION=dev', 'ARG NOW', 'ARG HEAD', 'LABEL org.opencontainers.image.version="${VERSION}" \\', '      org.opencontainers.image.revision="${HEAD}" \\', '      org.opencontainers.image.created="${NOW}"', install),
      findings: [{ at: 'ARG NOW', message: /move it and the ARG of line 4 below that RUN/ }],
      fixed: late('ARG VERSION=dev', install, 'ARG NOW', 'ARG HEAD', 'LABEL org.opencontainers.image.version="${VERSION}" \\', '      org.opencontainers.image.revision="${HEAD}" \\', '      org.opencontainers.image.created="${NOW}"'),
    },
    { name: 'in a stage built FROM here', code: `FROM debian AS base\nARG BUILD_DATE\nFROM base\n${install}\n`, findings: [{ at: 'ARG BUILD_DATE', message: /line 4/ }], fixed: null },
    {
      name: 'several installs', code: early('GIT_COMMIT', `${install}\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nRUN make VERSION=$GIT_COMMIT`),
      findings: [{ at: 'ARG GIT_COMMIT', message: /and 1 more install, which do not use GIT_COMMIT but re-run/, related: [{ at: install }, { at: 'RUN npm ci' }] }],
      fixed: late(install, 'COPY package.json package-lock.json ./', 'RUN npm ci', 'COPY . .', 'ARG GIT_COMMIT', 'RUN make VERSION=$GIT_COMMIT'),
    },
    ...fixes.map(([name, given, wanted]) => ({ name: `fix: ${name}`, code: given, findings: [{ at: /ARG/i, message: /whenever its value changes/ }], fixed: wanted })),
    ...obstacles.map(([name, , ...lines]) => ({ name: `no fix: ${name}`, code: late(...lines), findings: [{ at: /ARG/, message: /whenever its value changes/ }], fixed: null })),
  ],
})

test.each(obstacles)('says why there is no fix: %s', (_, reason, ...lines) => {
  expect(lint(inputOf({ code: late(...lines) }), [activeRule(rule)])[0]?.noFix).toBe(reason)
})

test.each([
  ['packages of the distribution', 'safe', undefined, [install]],
  ['modules that run nothing', 'safe', undefined, ['COPY go.mod go.sum ./', 'RUN go mod download']],
  ['plain commands', 'safe', undefined, [install, 'RUN mkdir -p /app && echo hello > /app/a']],
  ['packages of a language', 'suggested', 'no code that "RUN npm ci" installs reads GIT_COMMIT', [install, 'COPY package.json package-lock.json ./', 'RUN npm ci']],
  ['packages of several languages', 'suggested', 'no code that "RUN npm ci" and "RUN pip install -r requirements.txt" install reads GIT_COMMIT', ['COPY package.json package-lock.json ./', 'ENV A=1', 'RUN npm ci', 'COPY requirements.txt ./', 'RUN pip install -r requirements.txt']],
  ['a list of all variables', 'suggested', 'no code that "RUN set > /variables" installs reads GIT_COMMIT', [install, 'RUN set > /variables']],
  ['a command that runs others', 'suggested', 'no code that "RUN find . -name a -exec ./b {} ;" installs reads GIT_COMMIT', [install, 'RUN find . -name a -exec ./b {} ;']],
])('moving past %s is %s', (_, safety, assumes, lines) => {
  const [finding] = lint(inputOf({ code: late('ARG GIT_COMMIT', ...lines, 'RUN make VERSION=$GIT_COMMIT') }), [activeRule(rule)])
  expect(finding?.fix).toMatchObject({ title: 'Move ARG GIT_COMMIT right above "RUN make VERSION=$GIT_COMMIT"', safety, ...assumes === undefined ? {} : { assumes } })
})
