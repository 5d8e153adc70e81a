// Vitest's own defaults, not those of the project above.
export default {};
