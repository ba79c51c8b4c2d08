// Runs the tests of this project; or, with `law --count N [--seed S]`, the long form of law 2: see tests/law.sh.
using TickStore.Tests.Streaming;
using TickStore.Tests.Streaming.Law;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

return args switch
{
    ["law", .. var rest] => LawCampaign.Run(rest, Console.Out),
    _ when args.Any(a => a is "-automated" or "@@") => await ConsoleRunner.Run(args),
    _ => await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
};
