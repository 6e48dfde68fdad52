import rule from '../../rules/volatile-env-before-expensive-step.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const install = 'RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*'
const early = (argument: string, env: string, rest: string = install): string => `FROM debian:bookworm-slim\nARG ${argument}\nENV ${env}\n${rest}\n`

ruleTester(rule, {
  valid: [
    { name: 'set last', code: `FROM debian:bookworm-slim\n${install}\nARG GIT_COMMIT\nENV REVISION=$GIT_COMMIT\n` },
    { name: 'the argument alone is the matter of another rule', code: `FROM debian:bookworm-slim\nARG GIT_COMMIT\n${install}\nENV REVISION=$GIT_COMMIT\n` },
    { name: 'no volatile argument', code: early('VERSION=1.2', 'APP_VERSION=$VERSION') },
    { name: 'the default pins it', code: early('GIT_COMMIT=0a1b2c3d4e5f', 'REVISION=$GIT_COMMIT') },
    { name: 'another value stands', code: early('GIT_COMMIT', 'GIT_COMMIT=1.0') },
    ...['PATH=/opt/$GIT_COMMIT/bin:$PATH', 'PIP_CACHE_DIR=/tmp/$GIT_COMMIT', 'NODE_OPTIONS=--title=$GIT_COMMIT', 'CFLAGS=-DREV=$GIT_COMMIT'].map(env => ({ name: `a variable that steers a tool: ${env}`, code: early('GIT_COMMIT', env) })),
    { name: 'the install uses it', code: early('GIT_COMMIT', 'REVISION=$GIT_COMMIT', 'RUN apt-get update && apt-get install -y tool=$REVISION') },
    ...['./build.sh', 'make', 'npm run build', 'go build ./...'].map(command => ({ name: `point 7: a script may read it: ${command}`, code: early('GIT_COMMIT', 'REVISION=$GIT_COMMIT', `RUN ${command}\n${install}`) })),
    { name: 'point 7: a clone whose revision is checked out below', code: early('GIT_COMMIT', 'REVISION=$GIT_COMMIT', `RUN apt-get update && apt-get install -y git && git clone https://example.org/a /a\nRUN cd /a && git checkout $REVISION`) },
    { name: 'read in the stage above, so all below runs anyway', code: `FROM debian AS base\nARG GIT_COMMIT\nENV REVISION=$GIT_COMMIT\nRUN echo $REVISION > /revision\nFROM base\n${install}\n` },
    { name: 'another stage, which does not inherit it', code: `FROM debian AS notes\nARG GIT_COMMIT\nENV REVISION=$GIT_COMMIT\nRUN echo $REVISION > /revision\nFROM debian\n${install}\nCOPY --from=notes /revision /\n` },
    { name: 'a stage that is not needed', code: `FROM debian AS unused\nARG GIT_COMMIT\nENV REVISION=$GIT_COMMIT\n${install}\nFROM debian\nRUN true\n` },
  ],
  invalid: [
    {
      name: 'a stage built FROM it installs: the others would miss the variable',
      code: 'FROM ruby:3.4-slim AS base\nARG GIT_COMMIT\nENV REVISION=$GIT_COMMIT\nFROM base AS build\nRUN apt-get update && apt-get install -y gcc\nRUN ./build.sh\nFROM base\nCOPY --from=build /app /app\n',
      findings: [{ at: 'ENV REVISION=$GIT_COMMIT', message: /declare and set REVISION at the end of the stages that use it\.$/ }], fixed: null,
    },
    {
      code: early('GIT_COMMIT', 'REVISION=$GIT_COMMIT'),
      findings: [{
        at: 'ENV REVISION=$GIT_COMMIT', message: '"ENV REVISION=$GIT_COMMIT" hangs on "ARG GIT_COMMIT" (line 2), so "RUN apt-get update && apt-get install -…" (line 4), which does not use REVISION, re-runs with every new value; set REVISION below that RUN, and move the ARG there.',
        related: [{ at: 'ARG GIT_COMMIT' }, { at: install, message: /every new GIT_COMMIT/ }],
      }],
      fixed: `FROM debian:bookworm-slim\n${install}\nARG GIT_COMMIT\nENV REVISION=$GIT_COMMIT\n`,
    },
    { name: 'of several variables the one that is meant', code: early('BUILD_SHA', 'BUNDLE_PATH=/bundle BUILD_SHA=${BUILD_SHA}', `${install}\nCOPY Gemfile ./\nRUN bundle install`), findings: [{ at: 'BUILD_SHA=${BUILD_SHA}', message: /and 1 more install, which do not use BUILD_SHA, re-run .* below the last of them/ }], fixed: `FROM debian:bookworm-slim\nENV BUNDLE_PATH=/bundle\n${install}\nCOPY Gemfile ./\nRUN bundle install\nARG BUILD_SHA\nENV BUILD_SHA=${'${BUILD_SHA}'}\n` },
    { name: 'several that stand above one install', code: early('GIT_COMMIT', 'REVISION=$GIT_COMMIT', `ARG BUILD_DATE\nENV BUILT=$BUILD_DATE\n${install}`), findings: [{ at: 'ENV REVISION=$GIT_COMMIT', message: /set REVISION and BUILT below that RUN, and move the ARGs there\.$/, related: [{ at: 'ARG GIT_COMMIT' }, { at: 'ENV BUILT=$BUILD_DATE' }, { at: install }] }], fixed: `FROM debian:bookworm-slim\n${install}\nARG GIT_COMMIT\nENV REVISION=$GIT_COMMIT\nARG BUILD_DATE\nENV BUILT=$BUILD_DATE\n` },
    { name: 'the legacy form', code: early('BUILD_DATE', 'BUILT $BUILD_DATE'), findings: [{ at: 'ENV BUILT $BUILD_DATE', message: /BUILT/ }], fixed: `FROM debian:bookworm-slim\n${install}\nARG BUILD_DATE\nENV BUILT $BUILD_DATE\n` },
    {
      name: 'point 5: it flows into the stages built FROM here', code: dockerfile`FROM debian AS base
                                                                             ARG GIT_COMMIT
                                                                             ENV REVISION=$GIT_COMMIT
                                                                             FROM base
                                                                             RUN apt-get update && apt-get install -y curl`,
      findings: [{ at: 'ENV REVISION=$GIT_COMMIT', message: /line 5/ }], fixed: null,
    },
    { name: 'fix: the last of several variables, over several lines', code: `FROM debian\nARG GIT_COMMIT\nENV A=1 \\\n    B=2 \\\n    REVISION=$GIT_COMMIT\n${install} && echo $B\nRUN make\n`, findings: [{ at: 'REVISION=$GIT_COMMIT', message: /set REVISION below that RUN/ }], fixed: `FROM debian\nENV A=1 \\\n    B=2\n${install} && echo $B\nARG GIT_COMMIT\nENV REVISION=$GIT_COMMIT\nRUN make\n` },
    { name: 'fix: with the label and in paragraphs', code: `FROM debian\n\nARG GIT_COMMIT\n# shown by the program\nENV REVISION=$GIT_COMMIT\nLABEL revision=$REVISION\n\n${install}\n\nRUN make\n`, findings: [{ at: 'ENV REVISION=$GIT_COMMIT', message: /set REVISION below that RUN/ }], fixed: `FROM debian\n\n${install}\n\nARG GIT_COMMIT\n# shown by the program\nENV REVISION=$GIT_COMMIT\nLABEL revision=$REVISION\n\nRUN make\n` },
    { name: 'no fix: the value is another one further down', code: `FROM debian\nARG GIT_COMMIT\nARG TAG=1\nENV REVISION=$GIT_COMMIT-$TAG\nENV TAG=2\n${install}\nRUN make\n`, findings: [{ at: /REVISION/, message: /set REVISION below that RUN/ }], fixed: null },
  ],
})
