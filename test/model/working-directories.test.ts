import { expect, test } from 'vitest'
import { parseBuild } from '../../src/index.ts'

test.each([
  ['golang:1.23', '/go'], ['mirror.gcr.io/library/golang:1.23-alpine', '/go'], ['php:8.3-fpm-alpine', '/var/www/html'], ['php:8.3', '/'], ['node', '/'],
  ['debian:12@sha256:' + 'a'.repeat(64), '/'], ['scratch', '/'],
  ['public.ecr.aws/amazonlinux/amazonlinux:2', '/'], ['arm32v7/alpine:3.23', '/'], ['eclipse-temurin:21-jre', '/'], ['mcr.microsoft.com/dotnet/aspnet:8.0', '/'],
  ['maven:3.9-eclipse-temurin-21', '/'], ['maven:3.9-ibmjava-8', null], ['tomcat:10', '/usr/local/tomcat'],
  ['acme/golang', null], ['mcr.microsoft.com/dotnet/aspnet:8.0-nanoserver-ltsc2022', null], ['golang:1.23-windowsservercore-ltsc2022', null], ['acme/base', null], ['$X', null],
])('a stage on %s starts in %s', (image, path) => {
  const [step] = parseBuild(`ARG X\nFROM ${image}\nRUN x\n`).stages[0]!.steps
  expect(step!.workdir).toBe(path)
})

test('a relative WORKDIR and later stages go on from there', () => {
  const { target } = parseBuild('FROM golang:1.23 AS a\nWORKDIR src\nFROM a\nWORKDIR app\nRUN x\n')
  expect(target.workdir).toBe('/go/src/app')
})
