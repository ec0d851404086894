export * from '@facekp/data-formats'
