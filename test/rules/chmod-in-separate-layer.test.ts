import { expect, test } from 'vitest'
import rule from '../../rules/chmod-in-separate-layer.ts'
import { lint } from '../../src/lint.ts'
import { activeRule, inputOf } from '../support/input.ts'
import { ruleTester } from '../support/rule-tester.ts'

const fine = (name: string, ...lines: readonly string[]): { readonly name: string; readonly code: string } => ({ name, code: `FROM alpine\n${lines.join('\n')}\nCMD ["/app"]\n` })
const alone = (name: string, copy: string, chmod: string, mode: string): { readonly name: string; readonly code: string; readonly findings: { readonly at: string; readonly message: RegExp }[] } =>
  ({ name, code: `FROM alpine\nWORKDIR /srv\n${copy}\nRUN ${chmod}\nCMD ["/app"]\n`, findings: [{ at: chmod, message: new RegExp(`makes a step and a layer only to change the mode of what .* brought; "(?:COPY|ADD) --chmod=${mode.replaceAll('+', '\\+')}".* sets it on the way and saves the RUN\\.$`) }] })

ruleTester(rule, {
  valid: [
    { name: 'an install put files beside them', code: 'FROM node:22\nCOPY app /app\nWORKDIR /app\nRUN npm install\nRUN chmod -R 0755 /app\nCMD ["node", "a.js"]\n', files: { 'app/a.js': 'x' } },
    { name: 'a folder that was made before is no file of that name', code: 'FROM debian\nRUN mkdir /srv/setup\nCOPY README.flag /srv/setup\nRUN chmod 500 /srv/setup\nCMD ["a"]\n', files: { 'README.flag': 'x' } },
    { name: 'nor is one that several files go to', code: 'FROM debian\nCOPY a.flag /srv/setup\nCOPY b.flag /srv/setup\nRUN chmod 500 /srv/setup\nCMD ["a"]\n', files: { 'a.flag': 'x', 'b.flag': 'x' } },
    { name: 'files that were put into a folder have company there', code: 'FROM debian\nCOPY flag /home/user/\nRUN chmod -R ugo-w /home/user\nCMD ["a"]\n', files: { flag: 'x' } },
    { name: 'one change builds on another', code: 'FROM debian\nCOPY a.sh /\nRUN chmod go-r /a.sh\nRUN chmod u+x /a.sh\nCMD ["/a.sh"]\n', files: { 'a.sh': 'x' } },
    fine('given to COPY', 'COPY --chmod=755 run.sh /run.sh'),
    fine('the RUN is needed anyway, and the file is small', 'COPY run.sh /run.sh', 'RUN apk add --no-cache curl && chmod +x /run.sh'),
    fine('the RUN uses the file', 'COPY setup.sh /setup.sh', 'RUN chmod +x /setup.sh && /setup.sh'),
    fine('something else', 'COPY run.sh /run.sh', 'RUN chmod +x /other.sh'),
    fine('files of other steps as well', 'COPY run.sh /srv/run.sh', 'RUN chmod -R 755 /srv'),
    fine('files of the base image may be in the folder', 'COPY a.sh /etc/init.d/', 'RUN chmod -R +x /etc/init.d'),
    fine('only some of what was copied', 'COPY a.sh b.sh /srv/', 'RUN chmod +x /srv/a.sh'),
    fine('of a folder only some', 'COPY scripts/ /srv/', 'RUN chmod +x /srv/a.sh'),
    fine('a pattern that may leave some out', 'COPY scripts/ /srv/', 'RUN chmod +x /srv/*.sh'),
    fine('a mode nobody knows', 'ARG M', 'COPY a.sh /a.sh', 'RUN chmod $M /a.sh'),
    fine('a file nobody knows', 'ARG F', 'COPY a.sh /a.sh', 'RUN chmod +x $F'),
    fine('under a condition', 'COPY a.sh /a.sh', 'RUN if [ -f /a.sh ]; then chmod +x /a.sh; fi'),
    fine('a mode in letters that COPY may not read', 'COPY a.sh /a.sh', 'RUN chmod u+s /a.sh'),
    fine('two modes', 'COPY a.sh /a.sh', 'RUN chmod 755 /a.sh && chmod 600 /a.sh'),
    fine('the owner changes in the same step', 'COPY app.bin /app.bin', 'RUN chown app /app.bin && chmod 755 /app.bin'),
    fine('a mount', 'COPY a.sh /srv/a.sh', 'RUN --mount=type=tmpfs,target=/srv chmod +x /srv/a.sh'),
    fine('the mode of another file', 'COPY a.sh b.sh /srv/', 'RUN chmod --reference=/srv/a.sh /srv/b.sh'),
    { name: 'from another stage, which gave it its mode', code: 'FROM golang AS b\nFROM alpine\nCOPY --from=b /app.bin /app.bin\nRUN chmod +x /app.bin\nCMD ["/app.bin"]\n' },
    { name: 'a builder stage', code: 'FROM alpine AS b\nCOPY a.sh /a.sh\nRUN chmod +x /a.sh\nFROM alpine\nCOPY --from=b /a.sh /a.sh\nCMD ["/a.sh"]\n' },
    { name: 'the big file has the mode already', code: 'FROM alpine\nCOPY app.bin /app.bin\nRUN apk add --no-cache curl && chmod +x /app.bin\nCMD ["/app.bin"]\n', files: { 'app.bin': { size: 9_000_000, mode: 0o755 } } },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nCOPY a.sh /a.sh\nRUN chmod +x /a.sh\n' },
    { name: 'a test image', path: 'Dockerfile.test', code: 'FROM alpine\nCOPY a.sh /a.sh\nRUN chmod +x /a.sh\n' },
    fine('ONBUILD', 'ONBUILD COPY a.sh /a.sh', 'RUN chmod +x /a.sh'),
  ],
  invalid: [
    { name: 'a change of owner in between adds no files', code: 'FROM debian\nCOPY app /app\nRUN chown root:root /app\nRUN chmod -R 0755 /app\nCMD ["/app/a"]\n', files: { 'app/a': 'x' }, findings: [{ at: 'chmod -R 0755 /app', message: /"COPY --chmod=0755" sets it on the way and saves the RUN/ }], fixed: 'FROM debian\nCOPY --chmod=0755 app /app\nRUN chown root:root /app\nCMD ["/app/a"]\n' },
    { name: 'the last of two changes stands', code: 'FROM debian\nCOPY a.sh /\nRUN chmod +x /a.sh\nRUN chmod 700 /a.sh\nCMD ["/a.sh"]\n', files: { 'a.sh': 'x' }, findings: [{ at: 'chmod 700 /a.sh', message: /"COPY --chmod=700" sets it/ }], fixed: null },
    { name: 'several in one RUN', code: 'FROM debian\nCOPY a.sh /\nCOPY b.sh /\nRUN chmod +x /a.sh && chmod +x /b.sh\nCMD ["/a.sh"]\n', files: { 'a.sh': 'a', 'b.sh': 'b' }, findings: [{ at: 'chmod +x /a.sh', message: /^"chmod \+x \/a\.sh" and 1 more make a step and a layer only to change the mode of what "COPY a\.sh \/" \(line 2\) and "COPY b\.sh \/" \(line 3\) brought; / }], fixed: 'FROM debian\nCOPY --chmod=755 a.sh /\nCOPY --chmod=755 b.sh /\nCMD ["/a.sh"]\n' },
    {
      code: 'FROM alpine\nCOPY run.sh /run.sh\nRUN chmod +x /run.sh\nENTRYPOINT ["/run.sh"]\n',
      findings: [{
        at: 'chmod +x /run.sh',
        message: '"chmod +x /run.sh" makes a step and a layer only to change the mode of what "COPY run.sh /run.sh" (line 2) brought; "COPY --chmod=755" sets it on the way and saves the RUN.',
        related: [{ at: 'COPY run.sh /run.sh', message: 'the files come from here' }],
      }],
      fixed: 'FROM alpine\nCOPY --chmod=755 run.sh /run.sh\nENTRYPOINT ["/run.sh"]\n',
    },
    {
      name: 'a big file is stored again',
      code: 'FROM alpine\nCOPY app.bin /app.bin\nRUN apk add --no-cache curl && chmod +x /app.bin\nCMD ["/app.bin"]\n',
      files: { 'app.bin': { size: 9_000_000, mode: 0o644 } },
      findings: [{ at: 'chmod +x /app.bin', message: '"chmod +x /app.bin" stores what "COPY app.bin /app.bin" (line 2) brought a second time with another mode (about 9 MB); "COPY --chmod=755" sets it on the way.' }],
      fixed: 'FROM alpine\nCOPY --chmod=755 app.bin /app.bin\nRUN apk add --no-cache curl\nCMD ["/app.bin"]\n',
    },
    { name: 'so is what ADD fetches, with mode 600', code: 'FROM alpine\nADD https://example.com/tini /tini\nRUN chmod +x /tini\nCMD ["/tini"]\n', findings: [{ at: 'chmod +x /tini', message: /stores what "ADD .*" \(line 2\) brought a second time with another mode; "ADD --chmod=755" sets it on the way and saves the RUN\.$/ }], fixed: 'FROM alpine\nADD --chmod=755 https://example.com/tini /tini\nCMD ["/tini"]\n' },
    { name: 'a tree', code: 'FROM alpine\nCOPY . /srv\nRUN chmod -R 777 /srv && rm -f /x\nCMD ["/srv/a"]\n', files: { 'a/a.bin': { size: 5_000_000 } }, findings: [{ at: 'chmod -R 777 /srv', message: /a second time with another mode \(about 5 MB\); "COPY --chmod=777"/ }], fixed: null },
    { name: 'a relative name, on an image that starts in /', code: 'FROM public.ecr.aws/amazonlinux/amazonlinux:2\nCOPY serve.py ./\nRUN chmod +x ./serve.py\nCMD ["python3", "-u", "./serve.py"]\n', findings: [{ at: 'chmod +x ./serve.py', message: /"COPY --chmod=755" sets it on the way and saves the RUN\.$/ }], fixed: 'FROM public.ecr.aws/amazonlinux/amazonlinux:2\nCOPY --chmod=755 serve.py ./\nCMD ["python3", "-u", "./serve.py"]\n' },
    { ...alone('octal', 'COPY a.sh /usr/bin/', 'chmod 0755 /usr/bin/a.sh', '0755'), fixed: 'FROM alpine\nWORKDIR /srv\nCOPY --chmod=0755 a.sh /usr/bin/\nCMD ["/app"]\n' },
    { ...alone('by a pattern', 'COPY a.sh b.sh ./', 'chmod +x *.sh', '755'), files: { 'a.sh': 'true', 'b.sh': 'true' }, fixed: 'FROM alpine\nWORKDIR /srv\nCOPY --chmod=755 a.sh b.sh ./\nCMD ["/app"]\n' },
    { ...alone('for the owner', 'COPY a.sh /a.sh', 'chmod u+x /a.sh', '744'), fixed: 'FROM alpine\nWORKDIR /srv\nCOPY --chmod=744 a.sh /a.sh\nCMD ["/app"]\n' },
    { ...alone('in letters', 'COPY a.sh /a.sh', 'chmod g=u /a.sh', 'g=u'), fixed: null },
    { ...alone('a folder', 'COPY scripts /srv/scripts', 'chmod -R 755 /srv/scripts', '755'), fixed: 'FROM alpine\nWORKDIR /srv\nCOPY --chmod=755 scripts /srv/scripts\nCMD ["/app"]\n' },
    { name: 'several copies, one after the other', code: 'FROM alpine\nCOPY a.sh /\nCOPY b.sh /\nRUN chmod +x /a.sh && chmod +x /b.sh\nCMD ["/a.sh"]\n', findings: [{ at: 'chmod +x /a.sh', message: /"COPY a\.sh \/" \(line 2\) and "COPY b\.sh \/" \(line 3\)/ }], fixed: 'FROM alpine\nCOPY --chmod=755 a.sh /\nCOPY --chmod=755 b.sh /\nCMD ["/a.sh"]\n' },
    { name: 'an exact file and mode', code: 'FROM alpine\r\nCOPY --chown=1:1 a.sh /usr/bin/a.sh\r\n\r\nRUN chmod 755 /usr/bin/a.sh\r\n\r\nCMD ["a"]\r\n', findings: [{ at: /^chmod/, message: /./ }], fixed: 'FROM alpine\r\nCOPY --chmod=755 --chown=1:1 a.sh /usr/bin/a.sh\r\n\r\nCMD ["a"]\r\n' },
    { name: 'in lower case, at the end of the file, with a comment about it', code: 'from alpine\ncmd ["a"]\ncopy a.sh /a.sh\n\n# Make it executable.\nrun chmod 0755 /a.sh', findings: [{ at: /^chmod/, message: /./ }], fixed: 'from alpine\ncmd ["a"]\ncopy --chmod=0755 a.sh /a.sh' },
    { name: 'another comment stays', code: 'FROM alpine\nCOPY a.sh /a.sh\n# The rest.\nRUN chmod 755 /a.sh\nCMD ["/a.sh"]\n', findings: [{ at: /^chmod/, message: /./ }], fixed: 'FROM alpine\nCOPY --chmod=755 a.sh /a.sh\n# The rest.\nCMD ["/a.sh"]\n' },
    { name: 'copied in between', code: 'FROM alpine\nCOPY a.sh /a.sh\nRUN cp /a.sh /b.sh\nRUN chmod 755 /a.sh\nCMD ["/a.sh"]\n', findings: [{ at: /^chmod/, message: /./ }], fixed: null },
    { name: 'an old frontend', code: '# syntax=docker/dockerfile:1.1\nFROM alpine\nCOPY a.sh /a.sh\nRUN chmod 755 /a.sh\nCMD ["/a.sh"]\n', findings: [{ at: /^chmod/, message: /./ }], fixed: null },
    { name: 'another frontend', code: '# syntax=example.com/frontend\nFROM alpine\nCOPY a.sh /a.sh\nRUN chmod 755 /a.sh\nCMD ["/a.sh"]\n', findings: [{ at: /^chmod/, message: /./ }], fixed: null },
    { name: 'with sudo, in a chain', code: 'FROM alpine\nCOPY a.bin /a.bin\nUSER app\nRUN make -C /x \\\n    && sudo chmod 755 /a.bin\nCMD ["/a.bin"]\n', files: { 'a.bin': { size: 9_000_000 } }, findings: [{ at: /chmod/, message: /./ }], fixed: 'FROM alpine\nCOPY --chmod=755 a.bin /a.bin\nUSER app\nRUN make -C /x\nCMD ["/a.bin"]\n' },
    { name: 'other files too', code: 'FROM alpine\nCOPY a.bin /a.bin\nRUN chmod 755 /a.bin /b.bin\nCMD ["/a.bin"]\n', files: { 'a.bin': { size: 9_000_000 } }, findings: [{ at: /chmod/, message: /./ }], fixed: null },
    { name: 'another mode in the context', code: 'FROM alpine\nCOPY a.sh /a.sh\nRUN chmod +x /a.sh\nCMD ["/a.sh"]\n', files: { 'a.sh': { content: 'x', mode: 0o600 } }, findings: [{ at: /chmod/, message: /./ }], fixed: null },
    { name: 'nothing but set is left', code: 'FROM alpine\nCOPY a.bin /a.bin\nRUN set -ex; \\\n    chmod 755 /a.bin\nCMD ["/a.bin"]\n', files: { 'a.bin': { size: 9_000_000 } }, findings: [{ at: /chmod/, message: /./ }], fixed: 'FROM alpine\nCOPY --chmod=755 a.bin /a.bin\nCMD ["/a.bin"]\n' },
  ],
})

test.each([
  ['a step that could go', 'COPY a.sh /a.sh\nRUN chmod +x /a.sh', 'info'],
  ['a download that is stored again', 'ADD https://example.com/a /a\nRUN chmod +x /a', 'warning'],
])('says of %s', (_, lines, severity) => {
  expect(lint(inputOf({ code: `FROM alpine\n${lines}\nCMD ["/a"]\n` }), [activeRule(rule)]).map(finding => finding.severity)).toEqual([severity])
})
