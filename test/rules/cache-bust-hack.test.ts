import rule from '../../rules/cache-bust-hack.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const install = 'RUN apt-get update && apt-get install -y curl'
const early = (line: string, rest: string = install): string => `FROM debian\n${line}\n${rest}\n`

ruleTester(rule, {
  valid: [
    ...['# Change this to force a rebuild.', '# Bump to bust the cache of the steps below', '# always fetch the latest version', '# Принудительно обновляем каждый раз', '# 添加缓存失效标记'].map(comment => ({ name: `a comment says what it is for: ${comment}`, code: early(`${comment}\nARG CACHEBUST=1`) })),
    { name: 'no RUN below', code: `FROM debian\n${install}\nARG CACHEBUST=1\nCOPY . .\n` },
    { name: 'nothing of account below', code: early('ARG CACHEBUST=1', 'RUN echo $CACHEBUST\nRUN mkdir /app') },
    { name: 'only before FROM', code: `ARG CACHEBUST=1\nFROM debian\n${install}\n` },
    { name: 'used for something', code: early('ARG SKIP_CACHE', 'RUN apk add $SKIP_CACHE curl') },
    { name: 'used in a copy', code: early('ARG CACHEBUST', `COPY dist-$CACHEBUST /dist\n${install}`) },
    { name: 'used by a script in a here-document', code: dockerfile`FROM debian
                                                                  ARG CACHEBUST
                                                                  RUN <<EOF
                                                                  if ; then
                                                                  build $CACHEBUST
                                                                  EOF` },
    ...['ARG CACHE_DIR=/cache', 'ENV NO_CACHE=1', 'ARG BUILD_DATE', 'ENV UPDATED=2014-06-01', 'ARG NODE_VERSION'].map(line => ({ name: `another name: ${line}`, code: early(line) })),
    { name: 'an address whose content says whether anything changed', code: early('ADD https://api.github.com/repos/a/b/git/refs/heads/main version.json', 'RUN git clone https://github.com/a/b') },
    { name: 'the number is used', code: early('ADD https://www.random.org/cgi-bin/randbyte?nbytes=16 /seed', 'RUN ./generate /seed') },
    { name: 'a stage that is not needed', code: `${early('ARG CACHEBUST=1')}FROM debian\nRUN true\n` },
    { name: 'a trigger', code: early('ONBUILD ARG CACHEBUST=1') },
  ],
  invalid: [
    {
      code: early('ARG CACHEBUST=1'),
      findings: [{
        at: 'ARG CACHEBUST=1', message: '"ARG CACHEBUST=1" is there only to defeat the cache: each new value re-runs "RUN apt-get update && apt-get install -…" (line 3), changed or not; delete it, and name the stage and build with --no-cache-filter when it should run afresh.',
        related: [{ at: install, message: /each new value/ }],
      }],
    },
    { name: 'a named stage', code: early('ARG CACHE_BUST').replace('debian', 'debian AS tools'), findings: [{ at: 'ARG CACHE_BUST', message: /build with --no-cache-filter tools when/ }] },
    { name: 'steps above that are not meant', code: `FROM debian AS tools\n${early('ARG CACHEBUST=1', 'RUN make').replace('FROM debian', install)}`, findings: [{ at: 'ARG CACHEBUST=1', message: /move what is meant into a stage of its own and build with --no-cache-filter when/ }] },
    { name: 'only printed', code: early('ARG CACHEBUST=1', `RUN echo "cache $CACHEBUST" > /dev/null\n${install}`), findings: [{ at: 'ARG CACHEBUST=1', message: /line 4/ }] },
    { name: 'a clone', code: early('ARG CACHEBUSTER', 'RUN git clone https://example.org/a && make -C a'), findings: [{ at: 'ARG CACHEBUSTER', message: /fetch the repository by ADD with its git address/ }] },
    { name: 'in the query of an address', code: early('ARG CACHEBUST', 'RUN curl -o /a https://example.org/a?v=$CACHEBUST'), findings: [{ at: 'ARG CACHEBUST', message: /curl/ }] },
    { name: 'a date to be edited', code: early('ENV REFRESHED_AT 2014-06-01', `${install}\nRUN make`), findings: [{ at: 'ENV REFRESHED_AT 2014-06-01', message: /and 1 more RUN step, changed/ }] },
    { name: 'one of several variables', code: early('ENV LANG=C REFRESHED_AT=2014-06-01'), findings: [{ at: 'REFRESHED_AT=2014-06-01', message: /^"REFRESHED_AT=2014-06-01"/ }] },
    { name: 'a random number', code: early('ADD "https://www.random.org/cgi-bin/randbyte?nbytes=10&format=h" skipcache'), findings: [{ at: /^ADD/, message: /fetches something else on each build, which re-runs/ }] },
    { name: 'point 5: for the stages built FROM here', code: `FROM debian AS base\nARG CACHEBUST=1\nFROM base\n${install}\n`, findings: [{ at: 'ARG CACHEBUST=1', message: /line 4.*--no-cache-filter base/ }] },
    { name: 'said once for a stage', code: early('ARG CACHEBUST=1\nARG CACHE_BUST=1'), findings: [{ at: 'ARG CACHEBUST=1', message: /./ }] },
  ],
})
