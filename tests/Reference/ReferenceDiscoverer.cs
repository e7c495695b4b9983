using R1Reward.Tests.Support;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace R1Reward.Reference.Tests;

/// <summary>Turns a <see cref="ReferenceTheoryAttribute"/> into one test per case.</summary>
/// <param name="messages">Where xunit listens.</param>
public sealed class ReferenceDiscoverer(IMessageSink messages) : TheoryDiscoverer(messages)
{
    /// <inheritdoc/>
    public override IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute)
    {
        if (Fixtures.SkipReason is { } absent)
        {
            return CreateTestCasesForSkip(discoveryOptions, testMethod, theoryAttribute, absent);
        }

        var arguments = theoryAttribute.GetConstructorArguments().ToArray();
        var (section, patterns) = ((string)arguments[0], (IReadOnlyList<string>)arguments[1]);
        var cases = ReferenceCases.Of(section).Where(name => ReferenceCases.Matches(name, patterns)).ToList();
        return cases.Count == 0
            ? CreateTestCasesForSkip(discoveryOptions, testMethod, theoryAttribute, $"this fixtures folder has no {section}/{string.Join(", ", patterns)}")
            : cases.SelectMany(name => Skips.Reason(section, name) is { } reason
                ? [new XunitSkippedDataRowTestCase(
                    DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod, reason, [name])]
                : CreateTestCasesForDataRow(discoveryOptions, testMethod, theoryAttribute, [name]));
    }
}
