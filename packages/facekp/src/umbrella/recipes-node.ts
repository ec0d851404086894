export * from '@facekp/recipes/node'
