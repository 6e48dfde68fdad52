// What becomes of a distribution's package index when its support has ended, and what the products of endoflife.date are called.

/** Where the index went. Releases that keep it where it was (Alpine, Fedora's redirect, Ubuntu's long-term ones) are left out. */
export const movedIndexes: Readonly<Record<string, { readonly host: string; readonly cycles: readonly string[] }>> = {
  debian: { host: 'archive.debian.org', cycles: ['7', '8', '9', '10'] },
  ubuntu: { host: 'old-releases.ubuntu.com', cycles: ['16.10', '17.04', '17.10', '18.10', '19.04', '19.10', '20.10', '21.04', '21.10', '22.10', '23.04', '23.10', '24.10', '25.04'] },
  centos: { host: 'vault.centos.org', cycles: ['5', '6', '7', '8'] },
  'centos-stream': { host: 'vault.centos.org', cycles: ['8'] },
}

/** Names of products; those with none here are written with a capital. */
export const productNames: Readonly<Record<string, string>> = {
  nodejs: 'Node.js', php: 'PHP', 'eclipse-temurin': 'Temurin', 'amazon-corretto': 'Corretto', 'alpine-linux': 'Alpine', centos: 'CentOS', 'centos-stream': 'CentOS Stream', almalinux: 'AlmaLinux',
  'rocky-linux': 'Rocky Linux', 'oracle-linux': 'Oracle Linux', 'amazon-linux': 'Amazon Linux', dotnet: '.NET', postgresql: 'PostgreSQL', mysql: 'MySQL', mariadb: 'MariaDB', mongodb: 'MongoDB',
  rabbitmq: 'RabbitMQ', nginx: 'nginx', haproxy: 'HAProxy',
}

/** Tools of which an old version does no harm: nothing of them is in what they build. */
export const harmlessWhenOld: readonly string[] = ['apache-maven', 'gradle']

export const distributions: readonly string[] = ['debian', 'ubuntu', 'alpine-linux', 'fedora', 'centos', 'centos-stream', 'almalinux', 'rocky-linux', 'oracle-linux', 'amazon-linux']
