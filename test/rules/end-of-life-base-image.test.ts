import { expect, test } from 'vitest'
import { lint } from '../../src/lint.ts'
import { activeRule, inputOf } from '../support/input.ts'
import rule from '../../rules/end-of-life-base-image.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const apt = 'RUN apt-get update && apt-get install -y curl\n'
const fine = (name: string, code: string, path?: string): { readonly name: string; readonly code: string; readonly path?: string } => ({ name, code, ...(path !== undefined && { path }) })

ruleTester(rule, {
  valid: [
    fine('supported', `FROM python:3.13-slim-trixie\n${apt}`),
    fine('Debian 12, which has long-term support', `FROM debian:bookworm\n${apt}`),
    fine('no release is named', `FROM debian\n${apt}FROM node:lts\n`),
    fine('a namesake of another account', `FROM acme/openjdk14:alpine\n${apt}`),
    fine('an image nobody knows', `FROM registry.example.com/python:2.7\n${apt}`),
    fine('a tag that hangs on an argument', `ARG TAG\nFROM python:\${TAG}\n${apt}`),
    fine('an old build tool does no harm', 'FROM maven:3.6\nRUN mvn package\n'),
    fine('a stage that is not built', `FROM debian:jessie AS old\n${apt}FROM debian:trixie\n${apt}`),
    fine('Windows', 'FROM mcr.microsoft.com/dotnet/sdk:3.1-nanoserver-1809\nRUN dotnet build\n'),
    fine('packages from the archive', `FROM debian:buster\nRUN sed -i s/deb.debian.org/archive.debian.org/ /etc/apt/sources.list\n${apt}`),
    fine('packages of the vault', 'FROM centos:7\nRUN sed -i s/mirror.centos.org/vault.centos.org/ /etc/yum.repos.d/*.repo && yum install -y git\n'),
    fine('a snapshot', `FROM debian:buster\nRUN echo deb http://snapshot.debian.org/archive/debian/20230101 buster main > /etc/apt/sources.list\n${apt}`),
    fine('extended support', `FROM debian:buster\n# We get ELTS for this one.\n${apt}`),
    fine('the file is called after the release', `FROM debian:buster\n${apt}`, 'docker/buster/Dockerfile'),
    fine('so is this one', 'FROM centos:7\nRUN yum install -y git\n', 'Dockerfile.centos7'),
    fine('one folder for each version', 'FROM mcr.microsoft.com/dotnet/runtime:8.0.30-alpine3.24\nRUN true\n', 'src/aspnet/8.0/Dockerfile'),
    fine('scratch', 'FROM scratch\nCOPY app /\n'),
    fine('the folder names the version of software that is old on purpose', 'FROM python:3.7.3-slim\nRUN pip install django==2.0.7\nCMD ["python"]\n', 'base/django/2.0.7/Dockerfile'),
    fine('so does its part of a name', 'FROM php:5.5-apache\nCMD ["apache2"]\n', 'base/jboss/as-6.1.0/Dockerfile'),
    fine('supported in the year it is kept from', 'FROM ubuntu:14.04\nCMD ["./task"]\n', '2017/quals/pwn/Dockerfile'),
    fine('input of a test', 'FROM alpine:3.5\nCMD ["sh"]\n', 'parser/testfiles/continue/Dockerfile'),
    fine('somebody else keeps it', 'FROM alpine:3.5\nCMD ["sh"]\n', 'vendor/github.com/acme/tail/Dockerfile'),
    fine('an image of a hole', 'FROM php:5.5-apache\nCMD ["apache2"]\n', 'jira/CVE-2019-11581/Dockerfile'),
  ],
  invalid: [
    {
      name: 'the package index is gone',
      code: `FROM python:3.7-slim-buster\n${apt}CMD ["python"]\n`,
      findings: [{
        at: 'python:3.7-slim-buster',
        message: '`python:3.7-slim-buster` holds Debian 10, whose package index moved to archive.debian.org when its support was over (as of 2026-11-21), so "apt-get update" (line 2) fails as soon as it is not cached; take a release that is supported, or packages from there.',
        related: [{ at: 'apt-get update', message: 'needs the package index' }],
      }],
    },
    { name: 'the build fails, however old the image is meant to be', path: 'openssl/1.0.1c/Dockerfile', code: `FROM debian:stretch\n${apt}CMD ["openssl"]\n`, findings: [{ at: 'debian:stretch', message: /package index moved/ }] },
    { name: 'CentOS', code: 'FROM centos:7\nRUN yum install -y git\nCMD ["git"]\n', findings: [{ at: 'centos:7', message: /CentOS 7, whose package index moved to vault\.centos\.org .* "yum install -y git" \(line 2\)/ }] },
    { name: 'no version of CentOS is supported', code: 'FROM centos:8\nCMD ["git"]\n', findings: [{ at: 'centos:8', message: /CentOS 8, whose support ended .*; use `quay\.io\/centos\/centos:stream\d+`, .* instead\.$/ }] },
    { name: 'nor one of .NET Core under its old name', code: 'FROM mcr.microsoft.com/dotnet/core/runtime:3.1\nCMD ["dotnet"]\n', findings: [{ at: 'mcr.microsoft.com/dotnet/core/runtime:3.1', message: /\.NET 3\.1, .*; use `mcr\.microsoft\.com\/dotnet\/runtime` instead\.$/ }] },
    { name: 'an interim release of Ubuntu', code: `FROM ubuntu:23.10\n${apt}CMD ["sh"]\n`, findings: [{ at: 'ubuntu:23.10', message: /Ubuntu 23\.10, whose package index moved to old-releases/ }] },
    { name: 'in a stage built on it', code: `FROM debian:stretch AS base\nFROM base\n${apt}CMD ["sh"]\n`, findings: [{ at: 'debian:stretch', message: /Debian 9, .* \(line 3\)/ }] },
    { name: 'packages may come from a mirror', code: `FROM debian:buster\nCOPY sources.list /etc/apt/\n${apt}CMD ["sh"]\n`, findings: [{ at: 'debian:buster', message: /^`debian:buster` holds Debian 10, whose support ended on 2024-06-30 \(as of 2026-11-21\), so it gets no more fixes; take a version that is supported\.$/ }] },
    { name: 'a language', code: 'FROM node:14-alpine\nCMD ["node"]\n', findings: [{ at: 'node:14-alpine', message: /Node\.js 14, whose support ended on 2023-04-30 \(as of 2026-11-21\)/ }] },
    { name: 'paid support goes on', code: 'FROM ubuntu:20.04\nCMD ["sh"]\n', findings: [{ at: 'ubuntu:20.04', message: /Ubuntu 20\.04, whose free support ended on 2025-05-31 \(as of 2026-11-21; paid support runs until 2030-04-02\), so it gets no more fixes without that/ }] },
    { name: 'an image that was given up', code: 'FROM java:8-jre\nCMD ["java"]\n', findings: [{ at: 'java:8-jre', message: '`java:8-jre` is no longer maintained under this name (retired since 2017-05-17, as of 2026-11-21), so it gets no more fixes; use `eclipse-temurin` instead.' }] },
    { name: 'the same under the name of its account', code: 'FROM adoptopenjdk/openjdk14:jre-14.0.2_12-alpine\nCMD ["java"]\n', findings: [{ at: 'adoptopenjdk/openjdk14:jre-14.0.2_12-alpine', message: /is no longer maintained under this name \(deprecated since 2021-08-\d\d, as of 2026-11-21\), so it gets no more fixes; use `eclipse-temurin` instead\.$/ }] },
    { name: 'a mirror', code: 'FROM mirror.gcr.io/library/golang:1.17\nRUN go build\nCMD ["/a"]\n', findings: [{ at: 'mirror.gcr.io/library/golang:1.17', message: /holds Go 1\.17, whose support ended/ }] },
    { name: 'the registry of Amazon', code: 'FROM public.ecr.aws/amazonlinux/amazonlinux:2\nRUN yum install -y git\nCMD ["git"]\n', findings: [{ at: 'public.ecr.aws/amazonlinux/amazonlinux:2', message: /ended/ }] },
    { name: 'a build for one platform', code: `FROM arm32v7/debian:buster\n${apt}CMD ["sh"]\n`, findings: [{ at: 'arm32v7/debian:buster', message: /Debian 10, whose package index moved/ }] },
    { name: 'with several successors', code: 'FROM openjdk:8-jre\nCMD ["java"]\n', findings: [{ at: 'openjdk:8-jre', message: /use `eclipse-temurin`, `amazoncorretto` or `ibm-semeru-runtimes` instead\.$/ }] },
    {
      name: 'the same image twice is one finding, and an argument is shown with its value',
      code: dockerfile`
        ARG V=3.6
        FROM python:$V AS build
        FROM python:$V
        COPY --from=build /venv /venv
        CMD ["python"]`,
      findings: [{ at: 'python:$V', line: 2, message: /^`python:\$V` \(`python:3\.6`\) holds Python 3\.6/, related: [{ at: 'python:$V', message: 'the same image' }] }],
    },
  ],
})

test.each([
  ['a language that ended long ago', 'FROM node:14-alpine\nCMD ["node"]\n', 'warning'],
  ['only a builder stage uses it', 'FROM golang:1.18 AS a\nRUN go build\nFROM scratch\nCOPY --from=a /a /a\nCMD ["/a"]\n', 'info'],
  ['a builder stage whose packages are gone', 'FROM debian:jessie AS a\nRUN apt-get update\nFROM scratch\nCOPY --from=a /a /a\nCMD ["/a"]\n', 'warning'],
  ['it ended this year', 'FROM node:20-alpine\nCMD ["node"]\n', 'info'],
  ['a variable names it', 'ARG V=14\nFROM node:$V\nCMD ["node"]\n', 'info'],
  ['a test image', 'FROM node:14 AS test\nCMD ["node"]\n', 'info'],
  ['one of a collection by years, and old already', 'FROM node:8-alpine\nCMD ["node"]\n', 'info', '2022/quals/web/Dockerfile'],
  ['an archive', 'FROM node:14-alpine\nCMD ["node"]\n', 'info', '_archived/web/Dockerfile'],
])('says of %s', (_, code, severity, path = 'Dockerfile') => {
  expect(lint(inputOf({ code, path }), [activeRule(rule)]).map(finding => finding.severity)).toEqual([severity])
})
