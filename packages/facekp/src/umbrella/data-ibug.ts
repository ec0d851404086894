export * from '@facekp/data-ibug'
