// The engine reports these itself, from what the parser refuses; this file gives them a page and a severity.
import { defineRule } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports what BuildKit's parser would refuse: an unknown instruction, a missing argument, a here-document without an
 * end. A file with a syntax error has no other findings.
 *
 * ## Why it matters
 *
 * The build stops before its first step, so nothing is cached and nothing can be said about the cache. BuildKit reads
 * the whole file before it runs anything
 * ([parser.go](https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPPY . .
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY . .
 * ```
 *
 * ## When not to use it
 *
 * It cannot be switched off or suppressed; leave out files that are no Dockerfiles with `ignore` in the config.
 *
 * ## Cost model
 *
 * None: nothing is built.
 */
export default defineRule({
  id: 'syntax-error',
  summary: 'The Dockerfile cannot be parsed',
  category: 'engine',
  severity: 'error',
  check: () => [],
})
