import rule from '../../rules/useradd-large-uid.ts'
import { ruleTester } from '../support/rule-tester.ts'

const fine = (name: string, line: string, base = 'debian:bullseye'): { readonly name: string; readonly code: string } => ({ name, code: `FROM ${base}\n${line}\nCMD ["sh"]\n` })

ruleTester(rule, {
  valid: [
    fine('a low number', 'RUN useradd -u 1000 a'),
    fine('a number below the limit', 'RUN useradd -u 99999 a'),
    fine('--no-log-init', 'RUN useradd --no-log-init -u 1000650000 a'),
    fine('-l among others', 'RUN useradd -lmu 1000650000 a'),
    fine('no number', 'RUN useradd -m a'),
    fine('a number nobody knows', 'ARG U\nRUN useradd -u $U a'),
    fine('adduser of Busybox', 'RUN adduser -D -u 1000650000 a', 'alpine:3.18'),
    fine('shadow of Alpine, where there are no such files', 'RUN useradd -u 1000650000 a', 'alpine:3.18'),
    fine('shadow 4.13 leaves short files alone', 'RUN useradd -u 1000650000 a', 'debian:bookworm'),
    fine('so does that of Ubuntu 24.04', 'RUN useradd -u 1000650000 a', 'ubuntu:24.04'),
    fine('a base nobody knows', 'RUN useradd -u 1000650000 a', 'example.com/a'),
    fine('the records are removed', 'RUN useradd -u 1000650000 a && rm /var/log/lastlog /var/log/faillog'),
    fine('a limit is set', 'RUN echo LASTLOG_UID_MAX 99999 >> /etc/login.defs && useradd -u 1000650000 a'),
    fine('under a condition', 'RUN id a || useradd -u 1000650000 a'),
    { name: 'a builder stage', code: 'FROM debian:bullseye AS a\nRUN useradd -u 1000650000 a\nFROM scratch\nCOPY --from=a /a /a\n' },
    fine('Windows', 'RUN useradd -u 1000650000 a', 'mcr.microsoft.com/windows/nanoserver:ltsc2022'),
  ],
  invalid: [
    {
      code: 'FROM debian:bullseye\nRUN groupadd a && useradd -m -u 1000000 -g a a\nUSER a\n',
      findings: [{ at: 'useradd -m -u 1000000 -g a a', message: '"useradd -m -u 1000000 -g a a" makes the login records in /var/log as long as the number of the user is high, about 324 MB in the layer; add "--no-log-init".' }],
      fixed: 'FROM debian:bullseye\nRUN groupadd a && useradd --no-log-init -m -u 1000000 -g a a\nUSER a\n',
    },
    { name: 'a base on an old release', code: 'FROM python:3.9-slim-bullseye\nRUN useradd --uid=500000 a\n', findings: [{ at: /^useradd/, message: /about 162 MB/ }], fixed: 'FROM python:3.9-slim-bullseye\nRUN useradd --no-log-init --uid=500000 a\n' },
    { name: 'Ubuntu, and an argument with a value', code: 'FROM ubuntu:22.04\nARG U=200000\nRUN useradd -u ${U} a\n', findings: [{ at: /^useradd/, message: /about 65 MB/ }], fixed: 'FROM ubuntu:22.04\nARG U=200000\nRUN useradd --no-log-init -u ${U} a\n' },
    { name: 'CentOS', code: 'FROM centos:centos7\nRUN useradd -u 200000 a\n', findings: [{ at: /^useradd/, message: /about 65 MB/ }], fixed: 'FROM centos:centos7\nRUN useradd --no-log-init -u 200000 a\n' },
    { name: 'a lower limit', code: 'FROM debian:11\nRUN useradd -u 65533 a\n', options: { minUid: 60_000 }, findings: [{ at: /^useradd/, message: /about 21 MB/ }], fixed: 'FROM debian:11\nRUN useradd --no-log-init -u 65533 a\n' },
    { name: 'by its path, under sudo, on several lines, CRLF', code: 'FROM debian:11\r\nRUN sudo /usr/sbin/useradd \\\r\n    --uid 200000 \\\r\n    a\r\n', findings: [{ at: /useradd/, message: /about 65 MB/ }], fixed: 'FROM debian:11\r\nRUN sudo /usr/sbin/useradd --no-log-init \\\r\n    --uid 200000 \\\r\n    a\r\n' },
    { name: 'the exec form', code: 'FROM debian:11\nRUN ["useradd", "-u", "200000", "a"]\n', findings: [{ at: /useradd/, message: /about 65 MB/ }], fixed: null },
  ],
})
