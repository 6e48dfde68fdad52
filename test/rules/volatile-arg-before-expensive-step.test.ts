import rule from '../../rules/volatile-arg-before-expensive-step.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const install = 'RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*'
const early = (argument: string, rest: string = install): string => `FROM debian:bookworm-slim\nARG ${argument}\n${rest}\n`

ruleTester(rule, {
  valid: [
    { name: 'declared last', code: `FROM debian:bookworm-slim\n${install}\nARG GIT_COMMIT\nLABEL revision=$GIT_COMMIT\n` },
    { name: 'only before FROM', code: `ARG GIT_COMMIT\nFROM debian:bookworm-slim\n${install}\n` },
    ...['NODE_VERSION', 'VERSION=1.2', 'TINI_SHA256=abc', 'JAVA_SHA', 'DOWNLOAD_CHECKSUM', 'COMMON_SCRIPT_SHA', 'BUILD_PACKAGES', 'BUILD_TYPE=Release', 'TARGETARCH', 'http_proxy', 'HTTPS_PROXY'].map(name => ({ name: `not volatile: ${name}`, code: early(name) })),
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
    },
    {
      code: early('GIT_COMMIT', `${install}\nLABEL revision=$GIT_COMMIT`),
      findings: [{
        at: 'ARG GIT_COMMIT', message: /^"ARG GIT_COMMIT" comes before "RUN apt-get update && apt-get install -…" \(line 3\), which does not use GIT_COMMIT but re-runs whenever its value changes; move it below that RUN\.$/,
        related: [{ at: install, message: /every new GIT_COMMIT/ }],
      }],
    },
    ...['COMMIT_SHA', 'BUILD_DATE', 'BUILD_NUMBER=0', 'VCS_REF=unknown', 'REVISION', 'CI_PIPELINE_ID', 'build_timestamp', 'GITHUB_SHA', 'gitCommit'].map(name => ({
      name: `volatile by name: ${name}`, code: early(name), findings: [{ at: `ARG ${name}`, message: /apt-get install/ }],
    })),
    { name: 'in a stage built FROM here', code: `FROM debian AS base\nARG BUILD_DATE\nFROM base\n${install}\n`, findings: [{ at: 'ARG BUILD_DATE', message: /line 4/ }] },
    {
      name: 'several installs', code: early('GIT_COMMIT', `${install}\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nRUN make VERSION=$GIT_COMMIT`),
      findings: [{ at: 'ARG GIT_COMMIT', message: /and 1 more install, which do not use GIT_COMMIT but re-run/, related: [{ at: install }, { at: 'RUN npm ci' }] }],
    },
  ],
})
