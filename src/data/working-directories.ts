// The working directory that Docker's own images start with. Sources: WORKDIR in the Dockerfiles of docker-library/golang, openjdk, php, python and
// ruby, buildpack-deps, postgres and tomcat, of nodejs/docker-node, rust-lang/docker-rust, nginxinc/docker-nginx, carlossg/docker-maven, adoptium/containers,
// amazonlinux/container-images and dotnet/dotnet-docker, read in November 2026; the images of bare distributions are a file system and a CMD.

/** By name without `library/`; `when` the tag matches, of several rows the first. Linux only. */
export const workingDirectories: readonly { readonly images: readonly string[]; readonly when?: RegExp; readonly path: string }[] = [
  { images: ['golang'], path: '/go' },
  { images: ['php'], when: /apache|fpm/, path: '/var/www/html' },
  { images: ['php', 'node', 'python', 'ruby', 'rust', 'openjdk', 'eclipse-temurin', 'nginx', 'postgres', 'debian', 'ubuntu', 'buildpack-deps', 'alpine', 'busybox'], path: '/' },
  { images: ['amazonlinux', 'centos', 'fedora', 'almalinux', 'rockylinux', 'oraclelinux', 'quay.io/centos/centos', 'mcr.microsoft.com/azurelinux/base/core'], path: '/' },
  { images: ['maven'], when: /^\d[\d.]*$|openjdk|temurin/, path: '/' },
  { images: ['tomcat'], path: '/usr/local/tomcat' },
  { images: ['runtime-deps', 'runtime', 'aspnet', 'sdk'].map(name => `mcr.microsoft.com/dotnet/${name}`), path: '/' },
]
