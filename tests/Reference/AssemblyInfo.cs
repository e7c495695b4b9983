using Xunit;

[assembly: AssemblyTrait("Category", "Reference")]
