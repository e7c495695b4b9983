using Xunit.Sdk;

namespace R1Reward.Reference.Tests;

/// <summary>
/// A test that runs once per case of a section of the fixtures folder, with the case's name as its one argument. A case
/// that <see cref="Skips"/> names is skipped with its reason; where the folder is absent the whole test is.
/// </summary>
/// <param name="section">Folder below the fixtures, for example <c>language-models</c>.</param>
/// <param name="patterns">Names of case files without their extension; <c>*</c> stands for any characters.</param>
[XunitTestCaseDiscoverer("R1Reward.Reference.Tests.ReferenceDiscoverer", "R1Reward.Reference.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReferenceTheoryAttribute(string section, params string[] patterns) : TheoryAttribute
{
    /// <summary>Folder below the fixtures.</summary>
    public string Section { get; } = section;

    /// <summary>Names of case files.</summary>
    public IReadOnlyList<string> Patterns { get; } = patterns;
}
