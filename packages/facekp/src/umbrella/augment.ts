export * from '@facekp/augment'
