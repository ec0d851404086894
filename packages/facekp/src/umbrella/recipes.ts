export * from '@facekp/recipes'
