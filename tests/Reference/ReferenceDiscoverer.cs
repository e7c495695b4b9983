using R1Reward.Tests.Support;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace R1Reward.Reference.Tests;

/// <summary>Turns a <see cref="ReferenceTheoryAttribute"/> into one test per case.</summary>
/// <param name="messages">Where xunit listens.</param>
public sealed class ReferenceDiscoverer(IMessageSink messages) : TheoryDiscoverer(messages)
{
    /// <inheritdoc/>
    public override IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        ITestMethod testMethod,
        IAttributeInfo theoryAttribute)
    {
        if (Fixtures.SkipReason is { } absent)
        {
            return [Skipped(absent, null)];
        }

        var arguments = theoryAttribute.GetConstructorArguments().ToArray();
        var (section, patterns) = ((string)arguments[0], (IReadOnlyList<string>)arguments[1]);
        var cases = ReferenceCases.In(section).Where(name => ReferenceCases.Matches(name, patterns)).ToList();
        return cases.Count == 0
            ? [Skipped($"this fixtures folder has no {section}/{string.Join(", ", patterns)}", null)]
            : cases.SelectMany(name => Skips.Reason(section, name) is { } reason
                ? [Skipped(reason, [name])]
                : CreateTestCasesForDataRow(discoveryOptions, testMethod, theoryAttribute, [name]));

        // The base class's own skip cases look for their reason on the attribute alone.
        XunitSkippedDataRowTestCase Skipped(string reason, object[]? row) => new(
            DiagnosticMessageSink,
            discoveryOptions.MethodDisplayOrDefault(),
            discoveryOptions.MethodDisplayOptionsOrDefault(),
            testMethod,
            reason,
            row);
    }
}
