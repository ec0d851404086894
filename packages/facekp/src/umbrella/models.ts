export * from '@facekp/models'
