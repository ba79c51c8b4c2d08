// Allocations of the whole process are counted, so nothing may run beside a test.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
