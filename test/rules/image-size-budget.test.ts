import rule from '../../rules/image-size-budget.ts'
import { ruleTester } from '../support/rule-tester.ts'

ruleTester(rule, {
  valid: [
    { name: 'a small base', code: 'FROM alpine:3.22\nCOPY a /a\n', files: { a: { size: 1_000_000 } } },
    { name: 'a base nobody knows', code: 'FROM example.com/huge\n' },
    { name: 'a base that hangs on an argument', code: 'ARG B\nFROM $B\n' },
    { name: 'a builder stage', code: 'FROM python:3.13 AS a\nRUN x\nFROM scratch\nCOPY --from=a /a /a\n' },
    { name: 'files that compress well', code: 'FROM scratch\nCOPY data /data\n', files: { 'data/a.sql': { size: 900_000_000 } } },
    { name: 'a wider budget', code: 'FROM python:3.13\n', options: { maxMegabytes: 500 } },
  ],
  invalid: [
    { code: 'FROM python:3.13\nCOPY a.py /\n', findings: [{ at: 'python:3.13', message: 'A pull transfers at least 413 MB for `python:3.13` (413 MB), over the budget of 300 MB; choose a lighter base or leave files out.' }] },
    { name: 'judged by another version', code: 'FROM golang:1.26\n', findings: [{ at: 'golang:1.26', message: /^A pull transfers about 305 MB for `golang:1\.26` \(305 MB, judging by 1\.25\)/ }] },
    { name: 'files that are compressed', code: 'FROM scratch\nCOPY data /data\n', files: { 'data/a.zip': { size: 400_000_000 } }, findings: [{ at: 'scratch', message: /^A pull transfers at least 400 MB for the files that the image copies \(400 MB\)/ }] },
    { name: 'base and files', code: 'FROM python:3.13-slim AS base\nFROM base\nCOPY a.bin /\n', files: { 'a.bin': { size: 400_000_000 } }, options: { maxMegabytes: 100 }, findings: [{ at: 'python:3.13-slim', message: /at least 143 MB for `python:3\.13-slim` \(43 MB\) and the files it copies \(100 MB\), over the budget of 100 MB/ }] },
  ],
})
