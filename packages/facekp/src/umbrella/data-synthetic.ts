export * from '@facekp/data-synthetic'
