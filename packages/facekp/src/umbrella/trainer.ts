export * from '@facekp/trainer'
