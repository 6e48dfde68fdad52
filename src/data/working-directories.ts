// The working directory that Docker's own images start with. Sources: WORKDIR in the Dockerfiles of docker-library/golang, openjdk, php, python and
// ruby and of nodejs/docker-node, read in November 2026; the images of bare distributions are a file system and a CMD.

/** By name without `library/`; `when` the tag matches, of several rows the first. Linux only. */
export const workingDirectories: readonly { readonly images: readonly string[]; readonly when?: RegExp; readonly path: string }[] = [
  { images: ['golang'], path: '/go' },
  { images: ['php'], when: /apache|fpm/, path: '/var/www/html' },
  { images: ['php', 'node', 'python', 'ruby', 'openjdk', 'debian', 'ubuntu', 'alpine', 'busybox'], path: '/' },
]
