using Xunit.Abstractions;
using Xunit.Sdk;

namespace R1Reward.Reference.Tests;

public sealed class ReferenceDiscovererTests
{
    [Fact]
    public async Task What_is_not_in_the_folder_is_a_skip_and_no_failure()
    {
        var method = typeof(CoverageTests).GetMethod(nameof(CoverageTests.Later))!;
        var owner = new TestClass(
            new TestCollection(new TestAssembly(Reflector.Wrap(typeof(CoverageTests).Assembly)), null, "none"),
            Reflector.Wrap(typeof(CoverageTests)));
        var found = new ReferenceDiscoverer(new NullMessageSink())
            .Discover(new NoOptions(), new TestMethod(owner, Reflector.Wrap(method)), new Nowhere());

        using var cancel = new CancellationTokenSource();
        using var bus = new NoBus();
        var summary = await Assert.Single(found)
            .RunAsync(new NullMessageSink(), bus, [], new ExceptionAggregator(), cancel);

        Assert.Equal((1, 0, 1), (summary.Total, summary.Failed, summary.Skipped));
    }

    /// <summary>The attribute of a test of cases that no folder has.</summary>
    private sealed class Nowhere : LongLivedMarshalByRefObject, IAttributeInfo
    {
        public IEnumerable<object> GetConstructorArguments() => ["nowhere", new[] { "nothing" }];

        public IEnumerable<IAttributeInfo> GetCustomAttributes(string assemblyQualifiedAttributeTypeName) => [];

        public TValue GetNamedArgument<TValue>(string argumentName) => default!;
    }

    private sealed class NoOptions : LongLivedMarshalByRefObject, ITestFrameworkDiscoveryOptions
    {
        public TValue GetValue<TValue>(string name) => default!;

        public void SetValue<TValue>(string name, TValue value)
        {
        }
    }

    private sealed class NoBus : IMessageBus
    {
        public bool QueueMessage(IMessageSinkMessage message) => true;

        public void Dispose()
        {
        }
    }
}
