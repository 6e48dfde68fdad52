import rule from '../../rules/heredoc-without-errexit.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const body = (...lines: readonly string[]): string => `FROM debian\nRUN <<EOF\n${lines.join('\n')}\nEOF\n`
const goesOn = /^When "apt-get install -y curl" fails, the here-document goes on and the step succeeds with "rm -rf \/var\/lib\/apt\/lists\/\*"/

ruleTester(rule, {
  valid: [
    { name: 'set -e', code: body('set -e', 'apt-get update', 'apt-get install -y curl', 'rm -rf /x') },
    { name: 'a script that would always end at an error', code: body('apt-get update', 'apt-get install -y curl', 'curl -O https://example.com/SUMS', 'rm -f SUMS', 'rm a.tar.gz SUMS', 'rm -rf /x') },
    { name: 'set -o errexit', code: body('set -o errexit', 'apt-get install -y curl', 'rm -rf /x') },
    { name: 'set -euxo pipefail', code: body('set -euxo pipefail', 'apt-get install -y curl', 'rm -rf /x') },
    { name: 'SHELL with -e', code: dockerfile`
      FROM debian
      SHELL ["/bin/bash", "-eux", "-o", "pipefail", "-c"]
      RUN <<EOF
      apt-get install -y curl
      rm -rf /x
      EOF` },
    { name: 'SHELL with -exc', code: 'FROM debian\nSHELL ["sh", "-exc"]\nRUN <<EOF\napt-get install -y curl\nrm -rf /x\nEOF\n' },
    { name: 'a shebang with -e', code: body('#!/bin/bash -e', 'apt-get install -y curl', 'rm -rf /x') },
    { name: 'a shebang with -eux', code: body('#!/usr/bin/env -S bash -eux', 'apt-get install -y curl', 'rm -rf /x') },
    { name: 'another interpreter', code: body('#!/usr/bin/env python3', 'print("x")', 'print("y")') },
    { name: 'a shell started with -e', code: 'FROM debian\nRUN bash -ex <<EOF\napt-get install -y curl\nrm -rf /x\nEOF\n' },
    { name: 'a shell behind the delimiter, and set -e', code: 'FROM debian\nRUN <<EOF /bin/bash\nset -ex\napt-get install -y curl\nrm -rf /x\nEOF\n' },
    { name: 'point 14: only what stands before the last command is hidden', code: body('mkdir -p /x', 'apt-get install -y curl') },
    { name: 'point 14: a chain of && keeps the status', code: body('apt-get update && \\', 'apt-get install -y curl && \\', 'rm -rf /x') },
    { name: 'point 14: the failure is handled', code: body('apt-get install -y curl || exit 1', 'rm -rf /x') },
    { name: 'point 14: if reads the status', code: body('if ! apt-get install -y curl; then', '  exit 1', 'fi', 'rm -rf /x') },
    { name: 'point 14: the last command of both branches', code: body('if [ "$A" = b ]; then', '  apt-get install -y curl', 'else', '  apt-get install -y wget', 'fi') },
    { name: 'point 14: a group whose status is read', code: body('{', '  mkdir /x', '  apt-get install -y curl', '} || exit 1', 'rm -rf /x') },
    { name: 'meant to go on', code: body('apt-get install -y curl || true', 'rm -rf /x') },
    { name: 'a refresh that the install at the end needs', code: body('apt-get update', 'apt-get install -y curl') },
    { name: 'commands that do not fail', code: body('mkdir -p /app', 'useradd app', 'chown -R app /app') },
    { name: 'a trap', code: body('trap "exit 1" ERR', 'apt-get install -y curl', 'rm -rf /x') },
    { name: 'no here-document: one line is read as one', code: 'FROM debian\nRUN apt-get install -y curl; rm -rf /x\n' },
    { name: 'a here-document that is only input', code: 'FROM debian\nRUN cat <<EOF > /etc/x\napt-get install -y curl\nrm -rf /x\nEOF\n' },
    { name: 'a script nobody can read', code: body('apt-get install -y curl', 'if') },
    { name: 'a stage that is not built', code: dockerfile`
      FROM debian AS other
      RUN <<EOF
      apt-get install -y curl
      rm -rf /x
      EOF
      FROM debian
      CMD ["sh"]` },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN <<EOF\ncurl -o x http://x/y\nmkdir z\nEOF\n' },
    { name: 'ONBUILD', code: 'FROM debian\nONBUILD RUN apt-get update\n' },
  ],
  invalid: [
    { name: 'what is removed twice by force is no error', code: body('apt-get install -y curl', 'rm -f /x', 'rm -rf /x /var/lib/apt/lists/*'), findings: [{ at: 'apt-get install -y curl', message: /goes on and the step succeeds/ }], fixed: 'FROM debian\nRUN <<EOF\nset -e\napt-get install -y curl\nrm -f /x\nrm -rf /x /var/lib/apt/lists/*\nEOF\n' },
    {
      code: body('apt-get update', 'apt-get install -y curl', 'rm -rf /var/lib/apt/lists/*'),
      findings: [{
        at: 'apt-get install -y curl',
        message: 'When "apt-get install -y curl" fails, the here-document goes on and the step succeeds with "rm -rf /var/lib/apt/lists/*" (line 5) and its broken result is cached; make "set -e" its first line.',
        related: [{ at: 'rm -rf /var/lib/apt/lists/*' }],
      }],
      fixed: 'FROM debian\nRUN <<EOF\nset -e\napt-get update\napt-get install -y curl\nrm -rf /var/lib/apt/lists/*\nEOF\n',
    },
    { name: 'set -x is not enough', code: body('set -x', 'apt-get install -y curl', 'rm -rf /var/lib/apt/lists/*'), findings: [{ at: 'apt-get install -y curl', message: goesOn }], fixed: 'FROM debian\nRUN <<EOF\nset -e\nset -x\napt-get install -y curl\nrm -rf /var/lib/apt/lists/*\nEOF\n' },
    { name: 'set -e that comes too late', code: body('apt-get install -y curl', 'set -e', 'rm -rf /var/lib/apt/lists/*'), findings: [{ at: 'apt-get install -y curl', message: goesOn }], fixed: 'FROM debian\nRUN <<EOF\nset -e\napt-get install -y curl\nset -e\nrm -rf /var/lib/apt/lists/*\nEOF\n' },
    { name: 'a shebang without -e', code: body('#!/bin/bash', 'apt-get install -y curl', 'rm -rf /var/lib/apt/lists/*'), findings: [{ at: 'apt-get install -y curl', message: goesOn }], fixed: 'FROM debian\nRUN <<EOF\n#!/bin/bash\nset -e\napt-get install -y curl\nrm -rf /var/lib/apt/lists/*\nEOF\n' },
    { name: 'a shell that reads the here-document', code: 'FROM debian\nRUN bash <<EOF\napt-get install -y curl\nrm -rf /var/lib/apt/lists/*\nEOF\n', findings: [{ at: 'apt-get install -y curl', message: goesOn }], fixed: 'FROM debian\nRUN bash <<EOF\nset -e\napt-get install -y curl\nrm -rf /var/lib/apt/lists/*\nEOF\n' },
    { name: 'point 14: inside if, behind the last command there', code: body('if [ "$A" = b ]; then', '  apt-get install -y curl', '  rm -rf /var/lib/apt/lists/*', 'fi'), findings: [{ at: 'apt-get install -y curl', message: goesOn }], fixed: 'FROM debian\nRUN <<EOF\nset -e\nif [ "$A" = b ]; then\n  apt-get install -y curl\n  rm -rf /var/lib/apt/lists/*\nfi\nEOF\n' },
    { name: 'point 14: a chain that something follows', code: body('apt-get update && apt-get install -y curl', 'rm -rf /var/lib/apt/lists/*'), findings: [{ at: 'apt-get install -y curl', message: goesOn }], fixed: 'FROM debian\nRUN <<EOF\nset -e\napt-get update && apt-get install -y curl\nrm -rf /var/lib/apt/lists/*\nEOF\n' },
    { name: 'extensions of PHP', code: 'FROM php:8\nRUN <<EOF\ndocker-php-ext-install gd\ntouch /x\nEOF\n', findings: [{ at: 'docker-php-ext-install gd', message: /succeeds with "touch \/x"/ }], fixed: 'FROM php:8\nRUN <<EOF\nset -e\ndocker-php-ext-install gd\ntouch /x\nEOF\n' },
    { name: 'what the end needs decides as well', code: body('apt-get update', 'apt-get install -y ca-certificates', 'update-ca-certificates'), findings: [{ at: 'apt-get install -y ca-certificates', message: /goes on and only "update-ca-certificates" \(line 5\) decides/ }], fixed: 'FROM debian\nRUN <<EOF\nset -e\napt-get update\napt-get install -y ca-certificates\nupdate-ca-certificates\nEOF\n' },
    { name: 'tabs that are taken off, CRLF, blank lines first', code: 'FROM debian\r\nRUN <<-EOF\r\n\r\n\tapt-get install -y curl\r\n\ttouch /x\r\nEOF\r\n', findings: [{ at: /^apt-get/, message: /./ }], fixed: 'FROM debian\r\nRUN <<-EOF\r\n\tset -e\r\n\r\n\tapt-get install -y curl\r\n\ttouch /x\r\nEOF\r\n' },
    { name: 'indented', code: 'FROM debian\nRUN <<EOF\n  apt-get install -y curl\n  touch /x\nEOF\n', findings: [{ at: /^apt-get/, message: /./ }], fixed: 'FROM debian\nRUN <<EOF\n  set -e\n  apt-get install -y curl\n  touch /x\nEOF\n' },
  ],
})
