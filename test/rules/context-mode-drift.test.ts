import rule from '../../rules/context-mode-drift.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const node = dockerfile`FROM node:22
                        COPY server.js run.sh /app/`
const open = { mode: 0o664 }

ruleTester(rule, {
  valid: [
    { name: 'the context is not known', code: node },
    { name: 'as git checks them out', code: node, files: { 'server.js': { mode: 0o644 }, 'run.sh': { mode: 0o755 } } },
    { name: 'others are not copied', code: node, files: { 'server.js': '', 'run.sh': '', 'notes.md': open } },
    { name: 'ignored', code: node.replace('server.js run.sh', '.'), files: { 'server.js': '', 'notes.md': open }, ignore: 'notes.md\n' },
    { name: 'no repository', code: node, files: { 'server.js': open, 'run.sh': '' }, input: { repository: undefined as never } },
    { name: 'Windows says 666 of every file', code: node, files: { 'Dockerfile': { mode: 0o666, content: node }, 'server.js': { mode: 0o666 }, 'run.sh': { mode: 0o666 } } },
    { name: 'a Windows image', code: node.replace('node:22', 'mcr.microsoft.com/windows/servercore:ltsc2022'), files: { 'server.js': open, 'run.sh': '' } },
    { name: 'links have no mode of their own', code: node, files: { 'server.js': { mode: 0o777, link: 'a.js' }, 'run.sh': '' } },
    { name: 'the stage is not needed', code: `${node}\nFROM scratch\nCOPY run.sh /\n`, files: { 'server.js': open, 'run.sh': '' } },
  ],
  invalid: [
    { code: node, files: { 'server.js': open, 'run.sh': '' }, findings: [{ at: 'COPY server.js run.sh /app/', message: '"COPY server.js run.sh /app/" takes server.js with mode 664: modes are in its key, so a machine that checks out with umask 022 shares no cache with this one; do so here as well, or run "chmod -R go-w ." before the build.' }] },
    { name: '--chmod does not help', code: node.replace('COPY', 'COPY --chmod=755'), files: { 'server.js': '', 'run.sh': { mode: 0o777 } }, findings: [{ at: /^COPY/, message: /takes run\.sh with mode 777/ }] },
    { name: 'several', code: node, files: { 'server.js': open, 'run.sh': { mode: 0o775 } }, findings: [{ at: /^COPY/, message: /takes server\.js with mode 664 and 1 more: modes are in its key/ }] },
  ],
})
