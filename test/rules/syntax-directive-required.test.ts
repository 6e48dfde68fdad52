import rule from '../../rules/syntax-directive-required.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const using = (directive: string, line: string): string => `${directive}FROM debian\n${line}\n`
const fine = (directive: string, line: string): { readonly name: string; readonly code: string } => ({ name: `${directive.trim()} ⏎ ${line}`, code: using(directive, line) })

ruleTester(rule, {
  valid: [
    fine('', 'COPY --link a b'),
    { name: 'without a directive the engine decides: a recent one knows it', code: using('', 'COPY --parents a b') },
    { name: 'the same of a here-document', code: using('', 'RUN <<EOF\ntrue\nEOF') },
    fine('# syntax=docker/dockerfile:1\n', 'COPY --parents --exclude=*.md a b'),
    fine('# syntax=docker/dockerfile\n', 'ADD --unpack a b'),
    fine('# syntax=docker/dockerfile:latest\n', 'ADD --unpack a b'),
    fine('# syntax=docker/dockerfile:1.4\n', 'COPY --link a b'),
    fine('# syntax=docker/dockerfile:1.4.0\n', 'RUN <<EOF\ntrue\nEOF'),
    fine('# syntax=docker/dockerfile:1.20\n', 'COPY --parents a b'),
    fine('# syntax=docker/dockerfile:1.2\n', 'RUN --mount=type=cache,target=/x true'),
    fine('# syntax=docker/dockerfile:1.10\n', 'RUN --mount=type=secret,id=x,env=X true'),
    fine('# syntax=docker/dockerfile:1-labs\n', 'RUN --device=vendor.com/gpu true'),
    { name: 'a digest: nobody knows the version', code: using(`# syntax=docker/dockerfile:1@sha256:${'a'.repeat(64)}\n`, 'COPY --parents a b') },
    { name: 'air-gapped sites have a frontend of their own', code: using('# syntax=registry.example.com/frontends/buildx:1.2\n', 'COPY --link a b') },
    { name: 'the development build', code: using('# syntax=docker/dockerfile-upstream:master\n', 'COPY --parents a b') },
    { name: 'a comment like any other, below the instructions', code: 'FROM debian\n# syntax=docker/dockerfile:1.2\nCOPY --link a b\n' },
    { name: 'below a shebang it counts', code: using('#!/usr/bin/env docker-build\n# syntax=docker/dockerfile:1.4\n', 'COPY --link a b') },
    { name: 'no feature at all', code: using('# syntax=docker/dockerfile:1.0\n', 'COPY a b') },
  ],
  invalid: [
    {
      code: using('# syntax=docker/dockerfile:1.3\n', 'COPY --link a b'),
      findings: [{
        at: '# syntax=docker/dockerfile:1.3',
        message: '"COPY --link" (line 3) needs version 1.4 of the Dockerfile frontend, but "# syntax=docker/dockerfile:1.3" names an older one, so the build fails; write "# syntax=docker/dockerfile:1.4".',
        related: [{ at: '--link' }],
      }],
      fixed: '# syntax=docker/dockerfile:1.4\nFROM debian\nCOPY --link a b\n',
    },
    { name: 'the feature that asks for most', code: using('# syntax = docker/dockerfile:1.2\n', 'COPY --link --parents a b'), findings: [{ at: '# syntax = docker/dockerfile:1.2', message: /^"COPY --parents" \(line 3\) needs version 1\.20/ }], fixed: '# syntax = docker/dockerfile:1.20\nFROM debian\nCOPY --link --parents a b\n' },
    { name: 'below another directive', code: using('# escape=`\n# syntax=docker.io/docker/dockerfile:1.5\n', 'ADD --checksum=sha256:1 http://x/y /'), findings: [{ at: '# syntax=docker.io/docker/dockerfile:1.5', message: /"ADD --checksum" .* version 1\.6/ }], fixed: '# escape=`\n# syntax=docker.io/docker/dockerfile:1.6\nFROM debian\nADD --checksum=sha256:1 http://x/y /\n' },
    { name: 'a mirror', code: using('# syntax=mirror.example.com/docker/dockerfile:1.2\n', 'RUN <<EOF\ntrue\nEOF'), findings: [{ at: /^# syntax/, message: /"a here-document" .* version 1\.4/ }], fixed: '# syntax=mirror.example.com/docker/dockerfile:1.4\nFROM debian\nRUN <<EOF\ntrue\nEOF\n' },
    { name: 'a secret in the environment', code: using('# syntax=docker/dockerfile:1.9\n', 'RUN --mount=type=secret,id=x,env=X true'), findings: [{ at: /^# syntax/, message: /"a secret with env=" .* 1\.10/ }], fixed: '# syntax=docker/dockerfile:1.10\nFROM debian\nRUN --mount=type=secret,id=x,env=X true\n' },
    { name: 'symbolic modes', code: using('# syntax=docker/dockerfile:1.13\n', 'COPY --chmod=u=rwX,go=rX a b'), findings: [{ at: /^# syntax/, message: /"a symbolic --chmod" .* 1\.14/ }], fixed: '# syntax=docker/dockerfile:1.14\nFROM debian\nCOPY --chmod=u=rwX,go=rX a b\n' },
    { name: 'a health check', code: using('# syntax=docker/dockerfile:1.5\n', 'HEALTHCHECK --start-interval=1s CMD true'), findings: [{ at: /^# syntax/, message: /start-interval" .* 1\.6/ }], fixed: '# syntax=docker/dockerfile:1.6\nFROM debian\nHEALTHCHECK --start-interval=1s CMD true\n' },
    { name: 'a stage that is not built is read as well', code: dockerfile`
      # syntax=docker/dockerfile:1.3
      FROM debian AS other
      COPY --link a b
      FROM debian`, findings: [{ at: /^# syntax/, message: /needs version 1\.4/ }], fixed: '# syntax=docker/dockerfile:1.4\nFROM debian AS other\nCOPY --link a b\nFROM debian\n' },
    { name: 'labs, and no directive', code: using('', 'RUN --device=vendor.com/gpu true'), findings: [{ at: /^--device/, message: /^"RUN --device" \(line 2\) needs the labs channel of the Dockerfile frontend, but the frontend of the engine is a stable one, so the build fails; begin the file with "# syntax=docker\/dockerfile:1-labs"\.$/ }], fixed: '# syntax=docker/dockerfile:1-labs\nFROM debian\nRUN --device=vendor.com/gpu true\n' },
    { name: 'labs, and the stable channel', code: using('# syntax=docker/dockerfile:1\n', 'RUN --device=vendor.com/gpu true'), findings: [{ at: /^# syntax/, message: /names another, so the build fails; write/ }], fixed: '# syntax=docker/dockerfile:1-labs\nFROM debian\nRUN --device=vendor.com/gpu true\n' },
    { name: 'an old labs channel', code: using('# syntax=docker/dockerfile:1.6-labs\n', 'COPY --parents a b'), findings: [{ at: /^# syntax/, message: /needs version 1\.20/ }], fixed: '# syntax=docker/dockerfile:1.20\nFROM debian\nCOPY --parents a b\n' },
    { name: 'a mirror stays what it is', code: '# syntax=mirror.example.com/docker/dockerfile:experimental\nFROM debian\nRUN --mount=type=cache,target=/x true\n', findings: [{ at: /^# syntax/, message: /write "# syntax=mirror\.example\.com\/docker\/dockerfile:1"\.$/ }], fixed: '# syntax=mirror.example.com/docker/dockerfile:1\nFROM debian\nRUN --mount=type=cache,target=/x true\n' },
    { name: 'a mirror of an older version', code: '# syntax=mirror.example.com/docker/dockerfile:1.2\nFROM debian\nCOPY --link a b\n', findings: [{ at: /^# syntax/, message: /write "# syntax=mirror\.example\.com\/docker\/dockerfile:1\.4"\.$/ }], fixed: '# syntax=mirror.example.com/docker/dockerfile:1.4\nFROM debian\nCOPY --link a b\n' },
    { name: 'a directive below a comment', code: '# Builds it.\n# syntax=docker/dockerfile:1.2\nFROM debian\nCOPY --link a b\n', findings: [{ at: '# syntax=docker/dockerfile:1.2', message: '"# syntax=docker/dockerfile:1.2" has no effect, because a directive counts only at the top of the file, with no comment, empty line or instruction above it: move it to the first line or remove it.' }], fixed: null },
    { name: 'a directive below a blank line', code: '\n# syntax=docker/dockerfile:1\nFROM debian\n', findings: [{ at: /^# syntax/, message: /has no effect/ }], fixed: '# syntax=docker/dockerfile:1\n\nFROM debian\n' },
    { name: 'a directive below an argument', code: 'ARG V=1\n# syntax=docker/dockerfile:1\nFROM debian:$V\n', findings: [{ at: /^# syntax/, message: /has no effect/ }], fixed: '# syntax=docker/dockerfile:1\nARG V=1\nFROM debian:$V\n' },
    { name: 'labs for nothing', code: using('# syntax=docker/dockerfile:1.19-labs\n', 'COPY --parents a b'), findings: [{ at: /^# syntax/, message: /names the labs channel, whose features may change, but the stable one has all/ }], fixed: '# syntax=docker/dockerfile:1.20\nFROM debian\nCOPY --parents a b\n' },
    { name: 'labs of a version, for nothing that is new', code: using('# syntax=docker/dockerfile:1.11-labs\n', 'COPY --link a b'), findings: [{ at: /^# syntax/, message: /write "# syntax=docker\/dockerfile:1\.11"\.$/ }], fixed: '# syntax=docker/dockerfile:1.11\nFROM debian\nCOPY --link a b\n' },
    { name: 'labs of a version, for what became stable later', code: using('# syntax=docker/dockerfile:1.11-labs\n', 'COPY --exclude=*.md a b'), findings: [{ at: /^# syntax/, message: /names the labs channel/ }], fixed: '# syntax=docker/dockerfile:1.19\nFROM debian\nCOPY --exclude=*.md a b\n' },
    { name: 'labs that stays, of a version that is too old', code: using('# syntax=docker/dockerfile:1.11-labs\n', 'RUN --device=vendor.com/gpu true'), findings: [{ at: /^# syntax/, message: /names another, so the build fails/ }], fixed: '# syntax=docker/dockerfile:1.14-labs\nFROM debian\nRUN --device=vendor.com/gpu true\n' },
    { name: 'labs without a version floats on', code: using('# syntax=docker/dockerfile:1-labs\n', 'COPY --parents a b'), findings: [{ at: /^# syntax/, message: /names the labs channel/ }], fixed: '# syntax=docker/dockerfile:1\nFROM debian\nCOPY --parents a b\n' },
    { name: 'experimental for nothing', code: using('# syntax=docker/dockerfile:experimental\n', 'RUN --mount=type=cache,target=/x true'), findings: [{ at: /^# syntax/, message: /names the experimental channel, which ended with version 1\.1,/ }], fixed: '# syntax=docker/dockerfile:1\nFROM debian\nRUN --mount=type=cache,target=/x true\n' },
    { name: 'an experimental version', code: using('# syntax=docker/dockerfile:1.0-experimental\n', 'RUN --mount=type=cache,target=/x true'), findings: [{ at: /^# syntax/, message: /experimental channel/ }], fixed: '# syntax=docker/dockerfile:1.2\nFROM debian\nRUN --mount=type=cache,target=/x true\n' },
    { name: 'below the line of an interpreter and another directive', code: '#!/usr/bin/env docker-build\n# escape=`\n# Runs on the card.\nFROM debian\nRUN --device=vendor.com/gpu true\n', findings: [{ at: /^--device/, message: /begin the file/ }], fixed: '#!/usr/bin/env docker-build\n# escape=`\n# syntax=docker/dockerfile:1-labs\n# Runs on the card.\nFROM debian\nRUN --device=vendor.com/gpu true\n' },
    { name: 'a byte order mark, CRLF', code: '\uFEFFFROM debian\r\nRUN --device=vendor.com/gpu true\r\n', findings: [{ at: /^--device/, message: /begin the file/ }], fixed: '\uFEFF# syntax=docker/dockerfile:1-labs\r\nFROM debian\r\nRUN --device=vendor.com/gpu true\r\n' },
    { name: 'a comment at the top', code: '# Runs on the card.\nFROM debian\nRUN --device=vendor.com/gpu true\n', findings: [{ at: /^--device/, message: /begin the file/ }], fixed: '# syntax=docker/dockerfile:1-labs\n# Runs on the card.\nFROM debian\nRUN --device=vendor.com/gpu true\n' },
    { name: 'moved below another directive', code: '# check=error=true\n# What it is.\n# syntax=docker/dockerfile:1\nFROM debian\n', findings: [{ at: /^# syntax/, message: /has no effect/ }], fixed: '# check=error=true\n# syntax=docker/dockerfile:1\n# What it is.\nFROM debian\n' },
    { name: 'no fix: what is lost is of a mirror nobody knows', code: '# Builds it.\n# syntax=mirror.example.com/docker/dockerfile:7\nFROM debian\n', findings: [{ at: /^# syntax/, message: /has no effect/ }], fixed: null },
  ],
})
