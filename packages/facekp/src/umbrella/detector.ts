export * from '@facekp/detector'
