"""Fills a moto server with one small web app and prints what boto3 reads back.

Takes the server's address in AWS_ENDPOINT_URL. Everything that has tags carries
`app = shop`; the Auto Scaling group and the ECS service are reached from the
target groups. Writes one JSON object to standard output: the ARNs by what they
are, and the health boto3 sees.
"""

import io
import json
import zipfile

import boto3

TAGS = [{"Key": "app", "Value": "shop"}, {"Key": "Name", "Value": "shop"}]
LOWER_TAGS = [{"key": tag["Key"], "value": tag["Value"]} for tag in TAGS]


def network():
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]][:2]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for number, zone in enumerate(zones)
    ]
    return vpc, subnets


def balancer(vpc, subnets):
    elb = boto3.client("elbv2")
    arn = elb.create_load_balancer(Name="shop", Subnets=subnets, Type="application", Tags=TAGS)
    arn = arn["LoadBalancers"][0]["LoadBalancerArn"]
    groups = []
    for name, kind in (("shop-web", "instance"), ("shop-tasks", "ip")):
        group = elb.create_target_group(
            Name=name, Protocol="HTTP", Port=80, VpcId=vpc, TargetType=kind, HealthCheckPath="/healthz", Tags=TAGS
        )
        groups.append(group["TargetGroups"][0]["TargetGroupArn"])
    for port, group in zip((80, 8080), groups):
        elb.create_listener(
            LoadBalancerArn=arn,
            Protocol="HTTP",
            Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
    return arn, groups


def scaling_group(subnets, target_group):
    ec2 = boto3.client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    template = ec2.create_launch_template(
        LaunchTemplateName="shop", LaunchTemplateData={"ImageId": image, "InstanceType": "m7g.large"}
    )["LaunchTemplate"]["LaunchTemplateId"]
    scaling = boto3.client("autoscaling")
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="shop-web",
        MinSize=1,
        MaxSize=4,
        DesiredCapacity=2,
        VPCZoneIdentifier=",".join(subnets),
        TargetGroupARNs=[target_group],
        MixedInstancesPolicy={
            "LaunchTemplate": {
                "LaunchTemplateSpecification": {"LaunchTemplateId": template, "Version": "$Latest"},
                "Overrides": [{"InstanceType": "m7g.large"}],
            },
            "InstancesDistribution": {"OnDemandBaseCapacity": 1, "OnDemandPercentageAboveBaseCapacity": 25},
        },
    )
    return scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]


def service(target_group):
    ecs = boto3.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(family="shop", containerDefinitions=[{"name": "shop", "image": "shop:1", "memory": 64}])
    made = ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="shop",
        desiredCount=2,
        loadBalancers=[{"targetGroupArn": target_group, "containerName": "shop", "containerPort": 80}],
        tags=LOWER_TAGS,
    )
    return made["service"]["serviceArn"]


def function():
    role = boto3.client("iam").create_role(
        RoleName="shop", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []})
    )["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("bootstrap", "#!/bin/sh\n")
    functions = boto3.client("lambda")
    arn = functions.create_function(
        FunctionName="shop-api",
        Runtime="provided.al2023",
        Role=role,
        Handler="bootstrap",
        Code={"ZipFile": code.getvalue()},
        MemorySize=256,
        Timeout=12,
        Tags={"app": "shop"},
    )["FunctionArn"]
    functions.put_function_concurrency(FunctionName="shop-api", ReservedConcurrentExecutions=7)
    api = boto3.client("apigatewayv2").create_api(Name="shop", ProtocolType="HTTP", Tags={"app": "shop"})["ApiId"]
    functions.add_permission(
        FunctionName="shop-api",
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:us-east-1:123456789012:{api}/*",
    )
    return arn, api


def data():
    database = boto3.client("rds").create_db_instance(
        DBInstanceIdentifier="shop-orders",
        DBInstanceClass="db.m7g.large",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="shop",
        MasterUserPassword="only-in-moto",
        Tags=TAGS,
    )["DBInstance"]["DBInstanceArn"]
    table = boto3.client("dynamodb").create_table(
        TableName="shop-carts",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=TAGS,
    )["TableDescription"]["TableArn"]
    return database, table


def health(groups):
    elb = boto3.client("elbv2")
    seen = []
    for group in groups:
        for target in elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]:
            seen.append([group, target["Target"]["Id"], target["TargetHealth"]["State"]])
    return sorted(seen)


def main():
    vpc, subnets = network()
    load_balancer, groups = balancer(vpc, subnets)
    scaling = scaling_group(subnets, groups[0])
    boto3.client("elbv2").register_targets(
        TargetGroupArn=groups[1], Targets=[{"Id": "10.1.0.10", "Port": 80}, {"Id": "10.1.1.10", "Port": 80}]
    )
    task_service = service(groups[1])
    lambda_function, api = function()
    database, table = data()
    print(
        json.dumps(
            {
                "alb": load_balancer,
                "target_groups": groups,
                "auto_scaling": scaling["AutoScalingGroupARN"],
                "instances": sorted(instance["InstanceId"] for instance in scaling["Instances"]),
                "ecs": task_service,
                "lambda": lambda_function,
                "api": api,
                "rds": database,
                "dynamodb": table,
                "health": health(groups),
            }
        )
    )


if __name__ == "__main__":
    main()
