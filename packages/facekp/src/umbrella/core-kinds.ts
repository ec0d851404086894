export * from '@facekp/core/kinds'
