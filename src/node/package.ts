// What package.json says of this package, for output; a test holds the two together.
export const version = '0.1.0'
/** The address of the page with all rules; empty until the package has a home. */
export const rulesPage = ''
