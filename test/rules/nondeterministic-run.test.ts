import rule from '../../rules/nondeterministic-run.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

/** A stage that runs this, and one that takes `/out` and goes on. */
const taken = (run: string, copy = 'COPY --from=build /out /app'): string => dockerfile`
  FROM debian AS build
  WORKDIR /src
  COPY . .
  RUN ${run}
  FROM debian
  ${copy}
  RUN /app/setup`.trimStart()

ruleTester(rule, {
  valid: [
    { name: 'printed only', code: taken('date && make') },
    { name: 'printed by echo', code: taken('echo "built at $(date)"') },
    { name: 'into the log', code: taken('date > /dev/stderr') },
    { name: 'a source date', code: taken('date -d @$SOURCE_DATE_EPOCH > /out/built') },
    { name: 'a fixed date', code: taken('date -d 2020-01-01 +%s > /out/built') },
    { name: 'of a file', code: taken('date -r CHANGELOG > /out/built') },
    { name: 'the year', code: taken('echo "(c) $(date +%Y)" > /out/notice') },
    { name: 'the source date is in the same RUN', code: taken('echo "${SOURCE_DATE_EPOCH:-$(date +%s)}" > /out/built') },
    { name: 'a value of version control is the same for the same commit', code: taken('git rev-parse HEAD > /out/commit') },
    { name: 'read in the same stage only', code: taken('date > /out/built', 'COPY --from=build /srv /app') },
    { name: 'in a stage built FROM it, whose steps run anyway', code: 'FROM debian AS build\nRUN date > /out/built\nFROM build\nRUN cat /out/built\n' },
    { name: 'outside of what is copied', code: taken('date > /src/built') },
    { name: 'in a cache mount', code: taken('--mount=type=cache,target=/out date > /out/built') },
    { name: 'on one condition', code: taken('if [ -n "$X" ]; then date > /out/built; fi') },
    { name: 'a file of that name', code: taken('cat date.txt > /out/built') },
    { name: 'a quoted word', code: taken("echo '$RANDOM' > /out/built") },
    { name: 'thrown away', code: taken('date > /tmp/built', 'COPY --from=build / /app') },
    { name: 'a time that git stamps', code: taken('git log -1 --date=iso > /out/log') },
    { name: 'an ARG instead', code: taken('echo $BUILT > /out/built').replace('RUN echo', 'ARG BUILT\nRUN echo') },
    { name: 'a stage that is not needed', code: taken('date > /out/built', 'RUN true') },
    { name: 'a script that no reader is sure of', code: taken('date > /out/built; if true; then x') },
    { name: 'ONBUILD', code: 'FROM debian AS base\nONBUILD RUN date > /out/built\nFROM base AS build\nFROM debian\nCOPY --from=build /out /app\nRUN /app/a\n' },
    { name: 'Windows', code: taken('date > /out/built').replaceAll('FROM debian', 'FROM mcr.microsoft.com/windows/servercore:ltsc2022') },
  ],
  invalid: [
    {
      code: taken('date > /out/built'),
      findings: [{
        at: 'date > /out/built', message: '"date > /out/built" puts the current time into "/out/built", so each execution re-runs "COPY --from=build /out /app" (line 6) and what follows, even when nothing else changed: take the time from SOURCE_DATE_EPOCH, or pass it as a label of the last stage.',
        related: [{ at: 'COPY --from=build /out /app', message: 'takes the file' }],
      }],
    },
    ...([
      ['by echo', 'echo "built $(date -u +%FT%TZ)" > /out/built', 'echo "built $(date -u +%FT%TZ)" > /out/built'],
      ['appended', 'date +%s >> /out/built', 'date +%s >> /out/built'],
      ['by tee', 'date | tee /out/built', 'tee /out/built'],
      ['in a variable', 'NOW=$(date) && echo $NOW > /out/built', 'echo $NOW > /out/built'],
      ['by sed', 'sed -i "s/@now@/$(date)/" /out/version.js', 'sed -i "s/@now@/$(date)/" /out/version.js'],
      ['into a program', 'go build -ldflags "-X main.built=$(date +%s)" -o /out/app .', 'go build -ldflags "-X main.built=$(date +%s)" -o /out/app .'],
    ] as const).map(([name, run, at]) => ({ name, code: taken(run), findings: [{ at, message: /the current time/ }] })),
    ...['uuidgen > /out/id', 'openssl rand -hex 8 > /out/id', 'head -c 32 /dev/urandom | base64 > /out/id', 'echo $RANDOM > /out/id'].map(run => ({ name: run, code: taken(run), findings: [{ at: /\/out\/id$/, message: /a random value into "\/out\/id".* make the value when the container starts\.$/ }] })),
    { name: 'mounted', code: taken('date > /out/built', 'RUN --mount=type=bind,from=build,source=/out,target=/in cat /in/built'), findings: [{ at: 'date > /out/built', message: /RUN --mount=type=bind/ }] },
    { name: 'nothing runs after it', code: taken('date > /out/built').replace(/RUN \/app.*\n/, ''), findings: [{ at: 'date > /out/built', message: /re-runs/ }] },
  ],
})
